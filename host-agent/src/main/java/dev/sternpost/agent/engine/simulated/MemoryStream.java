package dev.sternpost.agent.engine.simulated;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * How a simulated guest travels, to a file or another host: a head, pages, what is in the processor, an end. The
 * receiver of a live migration answers the end with one byte.
 */
final class MemoryStream {

    private static final int MAGIC = 0x53504d31;
    private static final int PAGE_COUNT_MAX = 1 << 22;
    private static final byte PAGE = 'p';
    private static final byte IDLE = 'i';
    private static final byte END = 'e';
    static final int ACKNOWLEDGED = 'k';

    private MemoryStream() {}

    static void head(DataOutputStream out, int pageCount) throws IOException {
        out.writeInt(MAGIC);
        out.writeInt(pageCount);
    }

    static void page(DataOutputStream out, int index, byte[] content) throws IOException {
        out.writeByte(PAGE);
        out.writeInt(index);
        out.write(content);
    }

    /** Nothing to say; a broken connection shows itself all the same. */
    static void idle(DataOutputStream out) throws IOException {
        out.writeByte(IDLE);
        out.flush();
    }

    static void end(DataOutputStream out, SimulatedProcessor processor, long writes) throws IOException {
        out.writeByte(END);
        out.writeLong(writes);
        out.writeLong(processor.instructions);
        out.writeLong(processor.tickSequence);
        out.writeInt(processor.tickIntervalMillis);
        out.flush();
    }

    /** Reads up to the end. */
    static SimulatedMemory receive(DataInputStream in, SimulatedProcessor processor) throws IOException {
        int magic = in.readInt();
        int pageCount = in.readInt();
        if (magic != MAGIC || pageCount < 1 || pageCount > PAGE_COUNT_MAX) {
            throw new IOException("not the memory of a simulated guest");
        }
        SimulatedMemory memory = new SimulatedMemory(pageCount);
        while (true) {
            byte kind = in.readByte();
            switch (kind) {
                case PAGE -> memory.load(in.readInt(), in.readNBytes(SimulatedMemory.PAGE_BYTES));
                case IDLE -> {}
                case END -> {
                    memory.loadWrites(in.readLong());
                    processor.instructions = in.readLong();
                    processor.tickSequence = in.readLong();
                    processor.tickIntervalMillis = in.readInt();
                    if (!memory.intact()) {
                        throw new IOException("pages are damaged or missing");
                    }
                    return memory;
                }
                default -> throw new IOException("unknown record " + kind);
            }
        }
    }
}
