package dev.sternpost.db.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs as the account PostgreSQL is to run as: this process's own, or an unprivileged one when this process is
 * root, which PostgreSQL refuses to be.
 *
 * <p>Programs end with this process: the kernel sends them {@code SIGINT} (to PostgreSQL a fast, clean stop) when the
 * thread that started them dies. So start them from a thread that lives as long as they may.
 *
 * <p>The unprivileged account may be unable to reach the directories, as below a home directory with mode 0700. Then
 * programs run in a mount namespace of their own, in which the directories are bound to a place they can reach; nothing
 * of it is left when they end.
 */
final class RunAs {
    /** Has an account on every machine. Data of earlier releases are his. */
    private static final String NOBODY = "nobody";

    private static final Path MOUNT_POINTS = Path.of("/run/sternpost-pg");

    private final @Nullable Account account;

    /** Directories the account cannot reach, and where the programs see them. */
    private final Map<Path, Path> bound = new LinkedHashMap<>();

    private record Account(String name, int uid, int gid) {}

    private static final Account DEFAULT =
            new Account(String.valueOf(PgSettings.UID_DEFAULT), PgSettings.UID_DEFAULT, PgSettings.UID_DEFAULT);

    private RunAs(@Nullable Account account) {
        this.account = account;
    }

    /**
     * @param wanted the account to use when this process is root; without one, the owner of the data that are there,
     *     unless that is "nobody", who loses them in {@link #takeOver}
     * @param data the data directory, which may not exist yet
     * @param directories what the programs must be able to reach
     */
    static RunAs choose(Optional<String> wanted, Path data, List<Path> directories) throws IOException {
        if (!isRoot()) {
            return new RunAs(null);
        }
        RunAs runAs = new RunAs(account(wanted, data));
        for (Path directory : directories) {
            if (!runAs.canReach(directory)) {
                runAs.bound.put(directory, mountPoint(directory));
            }
        }
        return runAs;
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Integer uid && uid == 0;
    }

    private static Account account(Optional<String> wanted, Path data) throws IOException {
        Account account = wanted.isPresent() ? find(wanted.get()) : DEFAULT;
        if (!Files.exists(data)) {
            return account;
        }
        int owner = (int) Files.getAttribute(data, "unix:uid");
        if (wanted.isPresent() && account.uid() != owner) {
            throw new PgStartException("The data in " + data + " belong to \""
                    + Files.getOwner(data).getName() + "\", not to \"" + wanted.get()
                    + "\". Give them to it with chown -R, or change sternpost.db.embedded.account.");
        }
        return owner == account.uid() || owner == find(NOBODY).uid()
                ? account
                : new Account(Files.getOwner(data).getName(), owner, (int) Files.getAttribute(data, "unix:gid"));
    }

    private static Account find(String name) throws IOException {
        Account account = name.matches("\\d{1,9}")
                ? new Account(name, Integer.parseInt(name), Integer.parseInt(name))
                : named(name);
        if (account.uid() == 0) {
            throw new PgStartException("PostgreSQL refuses to run as root, and so as \"" + name
                    + "\". Name another account in sternpost.db.embedded.account.");
        }
        return account;
    }

    private static Account named(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.UTF_8)) {
            String[] fields = line.split(":", -1);
            if (fields.length >= 4 && fields[0].equals(name)) {
                return new Account(name, Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
            }
        }
        throw new PgStartException("There is no account \"" + name
                + "\" in /etc/passwd for PostgreSQL to run as. Name another one in sternpost.db.embedded.account.");
    }

    /**
     * Somebody with an account, for initdb, which insists on one even though the server does not. What it makes must be
     * {@link #takeOver taken over}.
     */
    RunAs withAccount() throws IOException {
        if (account == null || hasAccount(account.uid())) {
            return this;
        }
        RunAs other = new RunAs(find(NOBODY));
        other.bound.putAll(bound);
        return other;
    }

    private static boolean hasAccount(int uid) throws IOException {
        return Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.UTF_8).stream()
                .anyMatch(line -> line.matches("[^:]*:[^:]*:" + uid + ":.*"));
    }

    /** Makes a directory and all in it the account's own. The directory comes last, so that after a crash it is begun anew. */
    void takeOver(Path directory) throws IOException {
        if (account == null || Files.getAttribute(directory, "unix:uid").equals(account.uid())) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            giveTo(path);
        }
    }

    private boolean canReach(Path directory) throws IOException {
        for (Path at = directory.toRealPath(); at != null; at = at.getParent()) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(at);
            boolean mine = account != null
                    && Files.getAttribute(at, "unix:uid") instanceof Integer uid
                    && uid == account.uid();
            if (!permissions.contains(mine ? PosixFilePermission.OWNER_EXECUTE : PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    private static Path mountPoint(Path directory) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(directory.toString().getBytes(StandardCharsets.UTF_8));
        Path mountPoint = MOUNT_POINTS.resolve(HexFormat.of().toHexDigits((int) crc.getValue()));
        Files.createDirectories(mountPoint);
        return mountPoint;
    }

    /** Removes the empty directories the namespaces needed; call when all programs have ended. */
    void forget() throws IOException {
        for (Path mountPoint : bound.values()) {
            Files.deleteIfExists(mountPoint);
        }
        if (!bound.isEmpty()) {
            try {
                Files.deleteIfExists(MOUNT_POINTS);
            } catch (DirectoryNotEmptyException e) {
                // other installations have theirs there
            }
        }
    }

    /** Gives a file or directory to the account. */
    void giveTo(Path path) throws IOException {
        if (account != null) {
            Files.setAttribute(path, "unix:uid", account.uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", account.gid(), LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Where the programs see a path. */
    String seen(Path path) {
        for (Map.Entry<Path, Path> entry : bound.entrySet()) {
            if (path.startsWith(entry.getKey())) {
                return entry.getValue().resolve(entry.getKey().relativize(path)).toString();
            }
        }
        return path.toString();
    }

    /** The command that runs a program; paths among its words must have gone through {@link #seen}. */
    ProcessBuilder process(List<String> program) {
        List<String> command = new ArrayList<>();
        if (!bound.isEmpty()) {
            command.addAll(List.of("unshare", "--mount", "--propagation", "private", "sh", "-c"));
            command.add("while [ \"$1\" != -- ]; do mount --bind \"$1\" \"$2\" || exit 1; shift 2; done;"
                    + " shift; exec \"$@\"");
            command.add("sh");
            bound.forEach((from, to) -> command.addAll(List.of(from.toString(), to.toString())));
            command.add("--");
        }
        // A session of its own: Ctrl-C in the server's terminal stops the server, which stops PostgreSQL in its turn.
        command.addAll(List.of("setsid", "setpriv", "--pdeathsig", "INT"));
        if (account != null) {
            command.addAll(List.of("--reuid=" + account.uid(), "--regid=" + account.gid(), "--clear-groups"));
        }
        command.addAll(program);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectInput(Path.of("/dev/null").toFile());
        builder.directory(Path.of("/").toFile());
        String path = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", path, "LC_ALL", "C", "TZ", "UTC"));
        return builder;
    }
}
