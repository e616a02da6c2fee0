package dev.sternpost.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The source tree, without what is built or installed into it. */
final class Repository {
    static final Path ROOT = findRoot();

    private static final Set<String> NOT_SOURCE = Set.of(".git", "target", "node_modules", "__pycache__", "dist");

    private Repository() {}

    /** Every source file, relative to the root, in a fixed order. */
    static List<Path> files() {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    boolean state = folder.equals(ROOT.resolve("var"));
                    return state || NOT_SOURCE.contains(String.valueOf(folder.getFileName()))
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    // In a second work tree .git is a file that names the first one.
                    if (attributes.isRegularFile() && !file.equals(ROOT.resolve(".git"))) {
                        files.add(ROOT.relativize(file));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort(null);
        return files;
    }

    static List<Path> files(String suffix) {
        return files().stream().filter(f -> f.toString().endsWith(suffix)).toList();
    }

    static String read(Path relative) {
        try {
            return Files.readString(ROOT.resolve(relative));
        } catch (MalformedInputException e) {
            throw new AssertionError(relative + " is not UTF-8", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Surefire's working directory is the module's. */
    private static Path findRoot() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("tidy/pom.xml"))) {
                return folder;
            }
        }
        throw new IllegalStateException("not inside the source tree: " + start);
    }
}
