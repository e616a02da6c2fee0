package dev.sternpost.agent.availability.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's watchdog, which resets it when nobody writes to it for the time that is set in it. That time must be at most
 * {@code fail + watchdog} of the cluster's times less one renewal; a newly loaded driver has more, so an administrator sets it (see
 * docs/high-availability.md). Closed properly it is switched off.
 */
interface Watchdog extends AutoCloseable {

    /** No watchdog. */
    Watchdog NONE = new Watchdog() {
        @Override
        public void keep() {}

        @Override
        public void rest() {}

        @Override
        public void close() {}
    };

    /** The lease was renewed: counts anew from now. */
    void keep();

    /** Nothing runs that it would have to stop: keeps it quiet. */
    void rest();

    @Override
    void close();

    /** A device such as /dev/watchdog; none for an empty name. */
    static Watchdog open(String device) throws IOException {
        return device.isEmpty() ? NONE : new Device(FileChannel.open(Path.of(device), StandardOpenOption.WRITE));
    }

    /** A watchdog of the kernel. */
    final class Device implements Watchdog {
        private static final Logger log = LoggerFactory.getLogger(Device.class);
        /** Written last, it lets the device be closed without a reset. */
        private static final byte MAGIC_CLOSE = 'V';

        private final FileChannel channel;

        Device(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void keep() {
            write((byte) 1);
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
