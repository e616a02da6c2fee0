package dev.sternpost.agent.datastore;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Bytes a file really takes on its file system. The JDK does not tell, so this asks statx(2), whose structure is the
 * same on all processors.
 */
public final class AllocatedBytes {

    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int STATX_BLOCKS = 0x400;
    private static final int STRUCT_BYTES = 256;
    private static final int BLOCKS_OFFSET_BYTES = 48;
    private static final int BLOCK_BYTES = 512;

    private static final MethodHandle STATX = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("statx"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS));

    private AllocatedBytes() {}

    /** Bytes taken; 0 when the file is not there. Does not follow a link. */
    public static long of(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(STRUCT_BYTES, Long.BYTES);
            int status = (int) STATX.invokeExact(
                    AT_FDCWD, arena.allocateFrom(file.toString()), AT_SYMLINK_NOFOLLOW, STATX_BLOCKS, answer);
            return status == 0 ? answer.get(ValueLayout.JAVA_LONG, BLOCKS_OFFSET_BYTES) * BLOCK_BYTES : 0;
        } catch (Throwable e) {
            throw new IllegalStateException("statx cannot be called", e);
        }
    }
}
