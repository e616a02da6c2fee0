package dev.sternpost.server.virtualmachine;

import java.util.Locale;
import java.util.random.RandomGenerator;

/** Makes addresses with the prefix 52:54:00, which is locally administered and known for virtual machines. */
final class MacAddresses {
    private final RandomGenerator random;

    MacAddresses(RandomGenerator random) {
        this.random = random;
    }

    String next() {
        int tail = random.nextInt(1 << 24);
        return String.format(Locale.ROOT, "52:54:00:%02x:%02x:%02x", tail >> 16, (tail >> 8) & 0xff, tail & 0xff);
    }
}
