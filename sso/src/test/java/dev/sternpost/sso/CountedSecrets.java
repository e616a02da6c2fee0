package dev.sternpost.sso;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Secrets that differ from each other and are the same in each run. */
public final class CountedSecrets implements SecretSource {
    private final AtomicLong count = new AtomicLong();

    @Override
    public byte[] bytes(int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        bytes.putLong(length - Long.BYTES, count.incrementAndGet());
        return bytes.array();
    }
}
