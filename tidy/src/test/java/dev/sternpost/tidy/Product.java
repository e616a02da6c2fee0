package dev.sternpost.tidy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The compiled classes of every module's product, without tests and without what is generated from the contract. */
final class Product {
    static final String BASE = "dev.sternpost";

    /** Packages of the modules that decide and do not act. */
    static final List<String> PURE = List.of("inventory", "task", "drs", "ha", "failover", "vmotion", "sso");

    /** Imported once: every architecture test reads the same classes. */
    static final JavaClasses CLASSES = importAll();

    private static final Pattern MODULE = Pattern.compile("dev\\.sternpost\\.(\\w+).*");

    private Product() {}

    static String[] packagesOf(List<String> modules) {
        return modules.stream().map(m -> BASE + "." + m + "..").toArray(String[]::new);
    }

    /** The part of the package name that says which module a class belongs to. */
    static String moduleOf(JavaClass type) {
        Matcher matcher = MODULE.matcher(type.getPackageName());
        return matcher.matches() ? matcher.group(1) : "";
    }

    private static JavaClasses importAll() {
        List<Path> folders = Pom.modules().stream()
                .filter(pom -> !pom.name().equals("proto"))
                .map(pom -> Repository.ROOT.resolve(pom.folder()).resolve("target/classes"))
                .filter(Files::isDirectory)
                .toList();
        return new ClassFileImporter().importPaths(folders);
    }
}
