package dev.sternpost.agent.engine.qemu;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps console logs from filling a datastore. QEMU appends to them, so they can be cut while it writes: the end of a
 * long one is kept in {@code …-serial-1.log}. What the guest says between copying and cutting is lost.
 */
final class ConsoleLogs implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleLogs.class);
    private static final Duration INTERVAL = Duration.ofSeconds(20);
    private static final long BYTES_MAX = 16 << 20;
    private static final int KEPT_BYTES = 4 << 20;

    private final Set<Path> watched = ConcurrentHashMap.newKeySet();
    private final Thread thread;

    ConsoleLogs() {
        thread = Thread.ofVirtual().name("console-logs").start(this::run);
    }

    void watch(Path log) {
        watched.add(log);
    }

    void forget(Path log) {
        watched.remove(log);
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(INTERVAL);
                watched.forEach(ConsoleLogs::cut);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void cut(Path log) {
        try {
            if (!Files.isRegularFile(log, LinkOption.NOFOLLOW_LINKS) || Files.size(log) <= BYTES_MAX) {
                return;
            }
            byte[] end = new byte[KEPT_BYTES];
            try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
                file.seek(file.length() - KEPT_BYTES);
                file.readFully(end);
            }
            String name = log.getFileName().toString().replaceAll("\\.log$", "-1.log");
            Path kept = log.resolveSibling(name);
            Files.deleteIfExists(kept);
            Files.write(kept, end, StandardOpenOption.CREATE_NEW);
            try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
        } catch (IOException e) {
            LOG.warn("cannot shorten {}: {}", log, e.toString());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
