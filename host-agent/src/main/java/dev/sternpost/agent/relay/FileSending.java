package dev.sternpost.agent.relay;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends files in frames: four bytes of length, one of kind, content. Blocks of zeros are left out. The target answers once: at the end, or
 * before when it cannot go on.
 */
final class FileSending {

    static final byte FILE = 1;
    static final byte DATA = 2;
    static final byte END = 3;
    static final byte DONE = 4;
    static final int HEADER_BYTES = 5;
    static final int BLOCK_BYTES = 256 * 1024;
    static final int NAME_BYTES_MAX = 255;

    /** Longest answer of the target after its length. */
    static final int ANSWER_BYTES_MAX = 2048;

    private static final Duration STALL_MAX = Duration.ofSeconds(60);

    /** The target makes all of it durable before it answers. */
    private static final Duration ANSWER_MAX = Duration.ofMinutes(15);

    private static final long LAST_WORD_MILLIS_MAX = 2_000;
    private static final int ZERO_STEP_BYTES = 64 * 1024;
    private static final byte[] ZEROS = new byte[ZERO_STEP_BYTES];

    private final TlsChannel channel;
    private final OutgoingFiles order;
    private final OutgoingFiles.Watch watch;
    private final Deadlines deadlines;
    private final RateLimit rate;
    private final ByteBuffer frame = ByteBuffer.allocateDirect(HEADER_BYTES + Long.BYTES + BLOCK_BYTES);
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private volatile long writeNanos;

    FileSending(TlsChannel channel, OutgoingFiles order, OutgoingFiles.Watch watch, Deadlines deadlines) {
        this.channel = channel;
        this.order = order;
        this.watch = watch;
        this.deadlines = deadlines;
        this.rate = new RateLimit(order.bytesPerSecondMax(), System.nanoTime());
    }

    void run() throws IOException {
        Thread.ofVirtual().name("relay-files-answer").start(this::readAnswer);
        Future<?> stall = deadlines.every(STALL_MAX.dividedBy(4), this::checkProgress);
        try {
            long done = 0;
            for (OutgoingFiles.Item item : order.files()) {
                done = send(item, done);
            }
            write(begin(DONE));
            judge(answer.get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS));
        } catch (IOException e) {
            // What the target says is the better reason, if it has said something.
            awaitLastWord();
            throw e;
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("it does not say that all files have arrived", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(Fault.of(FaultCode.OPERATION_CANCELLED, "the agent is ending; try again."), e);
        } finally {
            stall.cancel(false);
        }
    }

    private void awaitLastWord() {
        try {
            judge(answer.get(LAST_WORD_MILLIS_MAX, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            // It said nothing.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void judgeIfSaid() {
        if (!answer.isCompletedExceptionally() && answer.isDone()) {
            judge(answer.join());
        }
    }

    private static void judge(String said) {
        if (said.isEmpty()) {
            return;
        }
        int space = said.indexOf(' ');
        FaultCode code = FaultCode.MIGRATION_FAILED;
        for (FaultCode known : FaultCode.values()) {
            if (space > 0 && known.name().equals(said.substring(0, space))) {
                code = known;
            }
        }
        throw new FaultException(Fault.of(code, said.substring(space + 1)));
    }

    private long send(OutgoingFiles.Item item, long doneBefore) throws IOException, InterruptedException {
        long done = doneBefore;
        try (FileChannel file = FileChannel.open(item.file(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long size = file.size();
            byte[] name = item.name().getBytes(StandardCharsets.UTF_8);
            write(begin(FILE).putLong(size).put((byte) (item.whole() ? 1 : 0)).put(name));
            for (long at = 0; at < size; ) {
                if (watch.cancelled()) {
                    throw new FaultException(FaultCode.OPERATION_CANCELLED, "sending files was cancelled.");
                }
                judgeIfSaid();
                begin(DATA).putLong(at).limit(HEADER_BYTES + Long.BYTES + (int) Math.min(BLOCK_BYTES, size - at));
                int content = frame.position();
                while (frame.hasRemaining()) {
                    if (file.read(frame, at + frame.position() - content) < 0) {
                        throw new EOFException(item.name() + " became shorter while it was sent");
                    }
                }
                int bytes = frame.position() - content;
                if (!isZero(content, frame.position())) {
                    pause(rate.take(bytes, System.nanoTime()));
                    write(frame);
                }
                at += bytes;
                done += bytes;
                watch.done(done);
            }
        }
        write(begin(END));
        return done;
    }

    private boolean isZero(int from, int to) {
        for (int at = from; at < to; at += ZERO_STEP_BYTES) {
            int bytes = Math.min(ZERO_STEP_BYTES, to - at);
            if (frame.slice(at, bytes).mismatch(ByteBuffer.wrap(ZEROS, 0, bytes)) >= 0) {
                return false;
            }
        }
        return true;
    }

    private ByteBuffer begin(byte kind) {
        return frame.clear().putInt(0).put(kind);
    }

    private void write(ByteBuffer filled) throws IOException {
        filled.putInt(0, filled.position() - Integer.BYTES).flip();
        writeNanos = System.nanoTime();
        channel.write(filled);
        writeNanos = 0;
    }

    private static void pause(long nanos) throws InterruptedException {
        if (nanos > 0) {
            TimeUnit.NANOSECONDS.sleep(nanos);
        }
    }

    private void checkProgress() {
        long since = writeNanos;
        if (since != 0 && System.nanoTime() - since > STALL_MAX.toNanos()) {
            Deadlines.closeQuietly(channel);
        }
    }

    private void readAnswer() {
        try {
            ByteBuffer scratch =
                    ByteBuffer.allocateDirect(channel.recordBytesMax()).limit(0);
            ByteBuffer length = ByteBuffer.allocate(Short.BYTES);
            channel.readFully(length, scratch);
            int bytes = length.getShort(0);
            if (bytes < 0 || bytes > ANSWER_BYTES_MAX) {
                throw new IOException("an answer of " + bytes + " bytes");
            }
            ByteBuffer text = ByteBuffer.allocate(bytes);
            channel.readFully(text, scratch);
            answer.complete(new String(text.array(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            answer.completeExceptionally(e);
        }
    }
}
