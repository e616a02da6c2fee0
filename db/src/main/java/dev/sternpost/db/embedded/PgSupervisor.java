package dev.sternpost.db.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the embedded PostgreSQL: a real server with fsync on, whose data stay on disk, that listens on 127.0.0.1 only and
 * asks for a generated password.
 *
 * <p>At most one supervisor uses a directory: it holds a lock that the kernel drops with the process. A server of its
 * own that an earlier, killed supervisor left behind is recognised by the directory it works in, stopped and started
 * anew; one of anybody else is never touched nor used. A server that dies is started again, a bounded number of times.
 */
public final class PgSupervisor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PgSupervisor.class);

    /** The database in it that is ours. */
    static final String DATABASE = "sternpost";

    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_FAST_MAX = Duration.ofSeconds(20);
    private static final Duration STOP_IMMEDIATE_MAX = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final long LOG_BYTES_MAX = 16L << 20;

    /** Restarts within {@link #RESTART_WINDOW} before it gives up. */
    private static final int RESTARTS_MAX = 8;

    private static final Duration RESTART_WINDOW = Duration.ofMinutes(1);
    private static final Duration RESTART_DELAY = Duration.ofMillis(200);

    private final PgSettings settings;
    private final PgBinaries binaries;
    private final RunAs runAs;
    private final PgCluster cluster;
    private final FileChannel lockFile;
    private final CompletableFuture<Boolean> firstReady = new CompletableFuture<>();
    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final Thread keeper;
    private volatile @Nullable Process server;

    private PgSupervisor(
            PgSettings settings, PgBinaries binaries, RunAs runAs, PgCluster cluster, FileChannel lockFile) {
        this.settings = settings;
        this.binaries = binaries;
        this.runAs = runAs;
        this.cluster = cluster;
        this.lockFile = lockFile;
        // A platform thread that lives as long as the server may: the server is told to stop when it dies.
        this.keeper = Thread.ofPlatform().daemon().name("postgres-keeper").unstarted(this::keep);
    }

    /**
     * Starts the server, and makes it the first time. Returns when it takes connections.
     *
     * @throws PgStartException when it cannot be started
     */
    public static PgSupervisor start(PgSettings settings) {
        try {
            return startIn(settings);
        } catch (IOException e) {
            throw new PgStartException("PostgreSQL cannot be started in " + settings.directory() + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PgStartException("interrupted while PostgreSQL was starting", e);
        }
    }

    private static PgSupervisor startIn(PgSettings settings) throws IOException, InterruptedException {
        Path directory = settings.directory();
        Files.createDirectories(directory);
        FileChannel lockFile = lock(directory);
        @Nullable PgSupervisor supervisor = null;
        try {
            PgBinaries binaries = settings.installation().isPresent()
                    ? PgBinaries.installed(settings.installation().get())
                    : PgBinaries.unpacked(directory);
            RunAs runAs =
                    RunAs.choose(settings.account(), directory.resolve("data"), List.of(directory, binaries.home()));
            stopOrphans(directory.resolve("data"));
            checkPort(settings.port());
            PgCluster cluster = PgCluster.open(directory, binaries, runAs);
            supervisor = new PgSupervisor(settings, binaries, runAs, cluster, lockFile);
            supervisor.begin();
            return supervisor;
        } catch (IOException | InterruptedException | RuntimeException e) {
            if (supervisor != null) {
                supervisor.close();
            } else {
                lockFile.close();
            }
            throw e;
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new PgStartException(
                    "Another server uses the database in " + directory + ". Stop that one, or use another directory.");
        }
        return channel;
    }

    /** We hold the lock, so whatever still works in our data directory was left behind by a supervisor that is dead. */
    private static void stopOrphans(Path data) throws IOException, InterruptedException {
        if (!Files.isDirectory(data)) {
            return;
        }
        List<Long> orphans = Postmaster.processesIn(data);
        if (!orphans.isEmpty()) {
            LOG.warn("stopping the PostgreSQL an earlier server left behind in {}", data);
            Optional<Postmaster> postmaster = Postmaster.read(data);
            if (postmaster.isPresent() && orphans.contains(postmaster.get().pid())) {
                Postmaster.signal(postmaster.get().pid(), "INT");
            }
            if (!awaitNoneIn(data, STOP_FAST_MAX)) {
                for (long pid : Postmaster.processesIn(data)) {
                    Postmaster.signal(pid, "QUIT");
                }
                if (!awaitNoneIn(data, STOP_IMMEDIATE_MAX)) {
                    throw new PgStartException("The PostgreSQL left behind in " + data + " does not end. Kill the"
                            + " processes " + Postmaster.processesIn(data) + ".");
                }
            }
        }
        // Nobody works here, so the file is a leftover; its process id may be in use by a stranger by now, which
        // PostgreSQL would take for a server of its own.
        Files.deleteIfExists(Postmaster.file(data));
    }

    private static boolean awaitNoneIn(Path data, Duration timeout) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!Postmaster.processesIn(data).isEmpty()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(POLL);
        }
        return true;
    }

    private static void checkPort(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
        } catch (IOException e) {
            throw new PgStartException(
                    "Port " + port + " on 127.0.0.1, which the embedded PostgreSQL is to use, is taken by another"
                            + " program. Free it, or choose another in sternpost.db.embedded.port.",
                    e);
        }
    }

    private void begin() throws InterruptedException {
        keeper.start();
        try {
            firstReady.get();
        } catch (ExecutionException e) {
            throw new PgStartException(
                    e.getCause() == null
                            ? e.toString()
                            : String.valueOf(e.getCause().getMessage()),
                    e);
        }
        createDatabase();
    }

    private void createDatabase() {
        Properties properties = new Properties();
        properties.setProperty("user", userName());
        properties.setProperty("password", password());
        try (Connection connection = DriverManager.getConnection(url("postgres"), properties);
                Statement statement = connection.createStatement()) {
            try (ResultSet found =
                    statement.executeQuery("select 1 from pg_database where datname = '" + DATABASE + "'")) {
                if (found.next()) {
                    return;
                }
            }
            statement.execute("create database " + DATABASE);
        } catch (SQLException e) {
            throw new PgStartException(
                    "PostgreSQL runs but does not let us in: " + e.getMessage() + ". Is " + settings.directory()
                            + "/password the one its data were made with?",
                    e);
        }
    }

    /** The keeper thread: starts the server, and starts it again when it dies. */
    private void keep() {
        try {
            int restarts = 0;
            long windowBegin = System.nanoTime();
            while (runOnce()) {
                if (System.nanoTime() - windowBegin > RESTART_WINDOW.toNanos()) {
                    windowBegin = System.nanoTime();
                    restarts = 0;
                }
                restarts++;
                if (restarts > RESTARTS_MAX) {
                    LOG.error("PostgreSQL does not stay up; giving up. See {}", log());
                    return;
                }
                if (stopRequested.await(RESTART_DELAY.toMillis() << Math.min(restarts, 5), TimeUnit.MILLISECONDS)) {
                    return;
                }
                LOG.warn("starting PostgreSQL again, attempt {}", restarts);
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            // The last frame of this thread: whoever waits for the start is told, later only the log can be.
            if (!firstReady.completeExceptionally(e)) {
                LOG.error("PostgreSQL is no longer watched", e);
            }
        }
    }

    /** One life of the server; true when it ended by itself after it had been up once. */
    private boolean runOnce() throws IOException, InterruptedException {
        boolean again = firstReady.isDone();
        if (again) {
            stopOrphans(cluster.data());
        }
        trimLog();
        Process process = runAs.process(command())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        server = process;
        if (stopRequested.getCount() == 0) {
            // close() may have looked for a process before there was one
            Postmaster.signal(process.pid(), "INT");
        }
        if (awaitReady(process)) {
            LOG.info("PostgreSQL is ready on 127.0.0.1:{}, process {}", settings.port(), process.pid());
            firstReady.complete(true);
        } else if (!again) {
            throw new PgStartException("PostgreSQL did not start: " + Tail.of(log()) + " See " + log() + ".");
        }
        int exit = process.waitFor();
        if (stopRequested.getCount() == 0) {
            return false;
        }
        LOG.error("PostgreSQL ended by itself with status {}. See {}", exit, log());
        return true;
    }

    private boolean awaitReady(Process process) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + READY_MAX.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            Optional<Postmaster> postmaster = Postmaster.read(cluster.data());
            if (postmaster.isPresent()
                    && postmaster.get().pid() == process.pid()
                    && postmaster.get().ready()) {
                return true;
            }
            process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS);
        }
        if (process.isAlive()) {
            Postmaster.signal(process.pid(), "QUIT");
        }
        return false;
    }

    private List<String> command() {
        return List.of(
                runAs.seen(binaries.postgres()),
                "-D",
                runAs.seen(cluster.data()),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "port=" + settings.port(),
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=on",
                "-c",
                "synchronous_commit=on",
                "-c",
                "full_page_writes=on",
                "-c",
                "max_connections=40",
                "-c",
                "shared_buffers=64MB",
                // Nobody replicates from it.
                "-c",
                "wal_level=minimal",
                "-c",
                "max_wal_senders=0",
                "-c",
                "jit=off",
                "-c",
                "timezone=UTC",
                "-c",
                "log_timezone=UTC",
                "-c",
                "log_min_messages=warning",
                "-c",
                "log_line_prefix=%m [%p] ");
    }

    private Path log() {
        return settings.directory().resolve("postgres.log");
    }

    private void trimLog() throws IOException {
        if (Files.exists(log()) && Files.size(log()) > LOG_BYTES_MAX) {
            Files.write(log(), new byte[0]);
        }
    }

    /** Where our database is. */
    public String jdbcUrl() {
        return url(DATABASE);
    }

    private String url(String database) {
        // These binaries know no TLS; asking for it would only cost a round trip.
        return "jdbc:postgresql://127.0.0.1:" + settings.port() + "/" + database + "?sslmode=disable";
    }

    public String userName() {
        return PgCluster.USER;
    }

    /** The generated password; keep it out of logs. */
    public String password() {
        return cluster.password();
    }

    /** Process id of the server; changes when it has to be started again. */
    public long pid() {
        Process process = server;
        if (process == null) {
            throw new IllegalStateException("the server was never started");
        }
        return process.pid();
    }

    /** Stops the server: fast and clean, by force when that takes too long. */
    @Override
    public void close() {
        stopRequested.countDown();
        try {
            Process process = server;
            if (process != null) {
                stop(process);
            }
            keeper.join(STOP_IMMEDIATE_MAX);
            runAs.forget();
            lockFile.close();
        } catch (IOException e) {
            LOG.warn("PostgreSQL was not stopped cleanly", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stop(Process process) throws IOException, InterruptedException {
        Postmaster.signal(process.pid(), "INT");
        if (!process.waitFor(STOP_FAST_MAX)) {
            Postmaster.signal(process.pid(), "QUIT");
            if (!process.waitFor(STOP_IMMEDIATE_MAX)) {
                process.destroyForcibly();
            }
        }
    }
}
