package dev.sternpost.agent.availability.guard;

import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's side of the guard: sees to it that one runs, hears it and tells it that the agent lives. A guard that is there already is gone on
 * with, unless it was set up otherwise; then it makes way, and its successor goes on with the lease.
 */
public final class GuardClient implements GuardLine {

    private static final Logger log = LoggerFactory.getLogger(GuardClient.class);

    private static final long RETRY_MILLIS = 250;
    private static final long RETRY_AFTER_ERROR_MILLIS = 5_000;
    private static final int CONNECT_TRIES_MAX = 80;
    private static final int TRIAL_SECONDS_MAX = 60;

    private static final int UNANSWERED_SECONDS_MORE = 12;

    private final GuardFiles files;
    private final GuardSetup setup;
    private final Listener listener;
    private final Thread thread;
    private volatile @Nullable SocketChannel channel;
    private volatile boolean closed;

    /** How often the guard was spoken to since it last answered. */
    private volatile int unanswered;

    /** @param files must have been created */
    public GuardClient(GuardFiles files, GuardSetup setup, Listener listener) {
        this.files = files;
        this.setup = setup;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("guard-line").unstarted(this::run);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void agentLives(boolean isolated) {
        if (say("says " + isolated) && ++unanswered >= unansweredMax()) {
            unanswered = 0;
            log.error("the guard does not answer any more, and is killed; another one is started");
            ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Spoken to each second: by then the host has lost its lease, and stopped what it ran. */
    private long unansweredMax() {
        return setup.timing().failMillis() / 1_000 + UNANSWERED_SECONDS_MORE;
    }

    @Override
    public boolean isUp() {
        return channel != null;
    }

    private boolean say(String words) {
        SocketChannel current = channel;
        if (current == null) {
            return false;
        }
        try {
            current.write(ByteBuffer.wrap((words + "\n").getBytes(StandardCharsets.UTF_8)));
            return true;
        } catch (IOException e) {
            log.debug("the guard does not hear: {}", e.toString());
            return false;
        }
    }

    private void run() {
        boolean replaced = false;
        try {
            while (!closed) {
                try {
                    if (!replaced) {
                        replaceOther();
                        replaced = true;
                    }
                    keepUp();
                    TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
                } catch (IOException e) {
                    // A full disk, or no process to be had: without a guard there is no lease, and the server is told
                    // so until there is.
                    log.error("the guard cannot be kept up; tried again", e);
                    TimeUnit.MILLISECONDS.sleep(RETRY_AFTER_ERROR_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Hears the guard that is there, or a new one, until it is gone. */
    private void keepUp() throws IOException, InterruptedException {
        SocketChannel opened = connect();
        if (opened == null) {
            launch();
            opened = await();
        }
        if (opened == null) {
            return;
        }
        unanswered = 0;
        channel = opened;
        hear(opened);
        channel = null;
        if (!closed) {
            log.warn("the guard has gone; another one is started");
        }
    }

    /** One that was set up otherwise, or is of an older program, makes way. */
    private void replaceOther() throws IOException, InterruptedException {
        String wanted = setup.format();
        boolean other =
                !Files.exists(files.setup()) || !Files.readString(files.setup()).equals(wanted);
        if (!other) {
            return;
        }
        SocketChannel old = connect();
        if (old != null) {
            requireTrial(wanted);
            log.info("the guard is of an earlier setup and makes way");
            kill(pid());
            old.close();
        }
        GuardFiles.replace(files.setup(), wanted);
    }

    /** A successor that cannot start would leave what runs here without a guard: it is tried while the one before still guards. */
    private void requireTrial(String wanted) throws IOException, InterruptedException {
        GuardFiles.replace(files.trialSetup(), wanted);
        Process trial = launch(GuardMain.TRIAL);
        boolean ended = trial.waitFor(TRIAL_SECONDS_MAX, TimeUnit.SECONDS);
        trial.destroyForcibly();
        if (!ended || trial.exitValue() != 0) {
            throw new IOException("a guard of this program %s, so the one before goes on; see %s"
                    .formatted(ended ? "cannot guard" : "does not start", files.log()));
        }
    }

    /** Not told to end: its successor goes on with the lease. */
    private static void kill(long pid) throws InterruptedException {
        ProcessHandle process = ProcessHandle.of(pid).orElse(null);
        if (process == null || pid <= 1) {
            return;
        }
        process.destroy();
        for (int poll = 0; poll < CONNECT_TRIES_MAX && process.isAlive(); poll++) {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS / 10);
        }
        process.destroyForcibly();
    }

    /** The guard's process; 0 when there is none, also when its number is another's by now. */
    private long pid() {
        try {
            long pid = Long.parseLong(Files.readString(files.pid()).strip());
            String commandLine = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
            boolean guard = commandLine.contains(GuardMain.class.getName() + "\0" + files.directory());
            return guard ? pid : 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private @Nullable SocketChannel connect() {
        try {
            SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                socket.connect(UnixDomainSocketAddress.of(files.socket()));
                return socket;
            } catch (IOException e) {
                socket.close();
                return null;
            }
        } catch (IOException e) {
            return null;
        }
    }

    private @Nullable SocketChannel await() throws InterruptedException {
        for (int attempt = 0; attempt < CONNECT_TRIES_MAX && !closed; attempt++) {
            SocketChannel opened = connect();
            if (opened != null) {
                return opened;
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
        log.error("the guard does not start; see {}", files.log());
        return null;
    }

    private Process launch(String... arguments) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of("setsid", java.toString()));
        command.addAll(List.of("-Xms8m", "-Xmx24m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-XX:ReservedCodeCacheSize=16m", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), GuardMain.class.getName()));
        command.add(files.directory().toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(files.log().toFile()))
                .redirectErrorStream(true);
        builder.environment().keySet().retainAll(List.of("PATH"));
        return builder.start();
    }

    private void hear(SocketChannel opened) {
        try (BufferedReader lines = new BufferedReader(Channels.newReader(opened, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard(line.split(" ", 3));
            }
        } catch (IOException | UncheckedIOException e) {
            log.debug("the guard's line: {}", e.toString());
        }
    }

    private void heard(String[] words) {
        switch (words[0]) {
            case "lease" -> listener.lease(new Effect.LeaseIs(Long.parseLong(words[1]), Long.parseLong(words[2])));
            case "alive" -> unanswered = 0;
            case "fence" -> listener.fence(words[1].equals("ok"), words[2]);
            case "tell" ->
                listener.happened(new Happening(Happening.Kind.valueOf(words[1]), words.length > 2 ? words[2] : ""));
            default -> log.warn("the guard says what this agent does not know: {}", words[0]);
        }
    }

    @Override
    public void end() {
        closed = true;
        long pid = pid();
        try {
            boolean told = say("end");
            for (int poll = 0; told && poll < CONNECT_TRIES_MAX && isAlive(pid); poll++) {
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS / 5);
            }
            if (isAlive(pid)) {
                log.warn("the guard does not end by itself");
                kill(pid);
            }
            // Also when the guard was gone before it could be told.
            files.forgetLease();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log.warn("the lease's file stays behind: {}", e.toString());
        }
        thread.interrupt();
    }

    private static boolean isAlive(long pid) {
        return pid > 1 && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
