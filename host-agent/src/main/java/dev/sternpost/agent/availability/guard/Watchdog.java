package dev.sternpost.agent.availability.guard;

import dev.sternpost.ha.timing.HaTiming;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's watchdog, which resets it when nobody writes to it for the time that is set in it. It is written to only when that time, counted from
 * now, ends before the moment by which the host's virtual machines must have been stopped: so the time must be shorter than
 * {@code fail + watchdog} of the cluster's times, which is asked at the start (see docs/high-availability.md). Closed properly it is switched off.
 */
interface Watchdog extends AutoCloseable {

    /** No watchdog. */
    Watchdog NONE = new Watchdog() {
        @Override
        public void keep(long leftMillis) {}

        @Override
        public void rest() {}

        @Override
        public void close() {}
    };

    /**
     * The lease was renewed.
     *
     * @param leftMillis from now until the machine must have been reset unless this is called again
     */
    void keep(long leftMillis);

    /** Nothing runs that it would have to stop: keeps it quiet. */
    void rest();

    @Override
    void close();

    /**
     * A device such as /dev/watchdog0; none for an empty name.
     *
     * @throws IOException when it cannot be kept, or its time is not known or too long
     */
    static Watchdog open(String device, HaTiming timing) throws IOException {
        if (device.isEmpty()) {
            return NONE;
        }
        Path path = Path.of(device);
        Path told = Path.of("/sys/class/watchdog", String.valueOf(path.getFileName()), "timeout");
        long millis = Long.parseLong(Files.readString(told).strip()) * 1_000;
        long most = timing.failMillis() + timing.watchdogMillis() - timing.renewMillis();
        if (millis > most) {
            throw new IOException("the watchdog %s resets the machine after %d s; set it to at most %d s"
                    .formatted(device, millis / 1_000, most / 1_000));
        }
        return new Device(FileChannel.open(path, StandardOpenOption.WRITE), millis);
    }

    /** A watchdog of the kernel. */
    final class Device implements Watchdog {
        private static final Logger log = LoggerFactory.getLogger(Device.class);
        /** Written last, it lets the device be closed without a reset. */
        private static final byte MAGIC_CLOSE = 'V';

        private final FileChannel channel;
        private final long timeoutMillis;

        Device(FileChannel channel, long timeoutMillis) {
            this.channel = channel;
            this.timeoutMillis = timeoutMillis;
        }

        @Override
        public void keep(long leftMillis) {
            // A renewal that took long leaves less than a whole time: then the one before must do.
            if (timeoutMillis <= leftMillis) {
                write((byte) 1);
            }
        }

        @Override
        public void rest() {
            write((byte) 1);
        }

        private void write(byte value) {
            try {
                channel.write(ByteBuffer.wrap(new byte[] {value}));
            } catch (IOException e) {
                log.error("the watchdog cannot be written to; the machine will be reset", e);
            }
        }

        @Override
        public void close() {
            write(MAGIC_CLOSE);
            try {
                channel.close();
            } catch (IOException e) {
                log.warn("the watchdog cannot be closed: {}", e.toString());
            }
        }
    }
}
