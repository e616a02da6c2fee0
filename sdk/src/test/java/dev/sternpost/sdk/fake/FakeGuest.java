package dev.sternpost.sdk.fake;

import com.google.protobuf.ByteString;
import dev.sternpost.proto.virtualmachine.v1.RunGuestProgramResponse;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** What programs in a guest would answer. A ping with -w runs until it is told to end by killall, as the real one does. */
final class FakeGuest {
    private static final long PING_SECONDS_MAX = 30;
    /** A permit for each killall, whether it comes before or after the ping it is meant for. */
    private static final Semaphore KILLS = new Semaphore(0);

    private FakeGuest() {}

    static RunGuestProgramResponse run(String program, List<String> arguments) {
        return switch (program) {
            case "ping" -> ping(arguments);
            case "killall" -> {
                KILLS.release();
                yield reply(0, "", "");
            }
            case "echo" -> reply(0, String.join(" ", arguments) + "\n", "");
            case "false" -> reply(1, "", "");
            case "sh" -> reply(3, "out\n", "err\n");
            default -> reply(127, "", program + ": not found\n");
        };
    }

    private static RunGuestProgramResponse ping(List<String> arguments) {
        String target = arguments.getLast();
        int sent = 3;
        if (arguments.contains("-w")) {
            try {
                @SuppressWarnings("unused") // past the bound it ends by itself
                boolean killed = KILLS.tryAcquire(PING_SECONDS_MAX, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            sent = 20;
        }
        int lost = sent == 20 ? 1 : 0;
        StringBuilder text = new StringBuilder("PING %s (%s): 56 data bytes\n".formatted(target, target));
        for (int i = 0; i < sent; i++) {
            if (lost == 0 || i != 7) {
                text.append("64 bytes from %s: seq=%d ttl=64 time=0.5 ms\n".formatted(target, i));
            }
        }
        text.append("\n--- %s ping statistics ---\n".formatted(target));
        text.append("%d packets transmitted, %d packets received, %d%% packet loss\n"
                .formatted(sent, sent - lost, 100 * lost / sent));
        text.append("round-trip min/avg/max = 0.4/0.5/0.9 ms\n");
        return reply(0, text.toString(), "");
    }

    private static RunGuestProgramResponse reply(int status, String out, String err) {
        return RunGuestProgramResponse.newBuilder()
                .setExitCode(status)
                .setStandardOutput(ByteString.copyFromUtf8(out))
                .setStandardError(ByteString.copyFromUtf8(err))
                .build();
    }
}
