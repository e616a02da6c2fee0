package dev.sternpost.bench;

import dev.sternpost.agent.process.HostCommand;
import dev.sternpost.vmotion.precopy.WriteKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * A guest of one boot sector that writes memory at a known rate: fills so many pages, says "!" on the serial console, then wakes 200
 * times a second, says "." and writes one word in each of so many pages, in order or by a linear congruential generator.
 *
 * @param filledPages pages that are not zero
 * @param hotPages pages written again and again, the first of those
 * @param pagesPerSecond writes
 * @param kind in what order
 */
record WriterGuest(int filledPages, int hotPages, double pagesPerSecond, WriteKind kind) {
    static final int PAGE_BYTES = 4096;
    static final int TICKS_PER_SECOND = 200;

    private static final int DISK_BYTES = 1 << 20;
    private static final int PARAMETERS_OFFSET = 0x1d0;
    private static final Duration BOUND = Duration.ofSeconds(30);

    /*
     * From real mode to flat 32 bit; the timer at 200 Hz on vector 8; then
     *   main: hlt; out 0x3f8, '.'; ecx = writes in a tick
     *   next: page = kind == 0 ? (page + 1) % hot : ((seed = seed * 1664525 + 1013904223) * hot) >> 32
     *         ++[2 MiB + page * 4096]; loop next; jmp main
     */
    private static final String CODE = "fa31c08ed88ed0bc007ce4920c02e6920f0116f07c0f20c00c010f22c0ea227c"
            + "080066b810008ed88ec08ed0bc00700000b0fee621b0ffe6a1b8cf7c0800a340"
            + "100000b8008e0000a3441000000f011df67c0000b034e643b04ee640b017e640"
            + "bf000020008b0dd07d0000893f81c700100000e2f6be3930000031ed66baf803"
            + "b021eefbf466baf803b02eee8b0dd87d0000e3f0803ddc7d000000750f453b2d"
            + "d47d0000720231ed89e8eb1669f60d66190081c65ff36e3c89f0f725d47d0000"
            + "89d0c1e00cff8000002000e2c7ebb550b020e62058cf66900000000000000000"
            + "ffff0000009acf00ffff00000092cf001700d87c00007f000010";

    int writesInATick() {
        return (int) Math.round(pagesPerSecond / TICKS_PER_SECOND);
    }

    void makeDisk(Path qcow2) {
        byte[] disk = new byte[DISK_BYTES];
        byte[] code = HexFormat.of().parseHex(CODE);
        System.arraycopy(code, 0, disk, 0, code.length);
        ByteBuffer.wrap(disk)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(PARAMETERS_OFFSET)
                .putInt(filledPages)
                .putInt(hotPages)
                .putInt(writesInATick())
                .putInt(kind == WriteKind.CYCLIC ? 0 : 1);
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        try {
            Path raw = qcow2.resolveSibling(qcow2.getFileName() + ".raw");
            Files.write(raw, disk);
            HostCommand.require(
                    BOUND,
                    List.of("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.toString(), qcow2.toString()));
            Files.delete(raw);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
