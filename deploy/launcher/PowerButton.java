import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Presses the power button of VMs: java PowerButton.java QMP_SOCKET... For when no server can ask the guests. */
class PowerButton {
    private static final int LINES_MAX = 100;

    /** How long all of them may take to answer: one that hangs does not hold up the others. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    public static void main(String[] sockets) throws InterruptedException {
        Thread[] fingers = new Thread[sockets.length];
        for (int i = 0; i < sockets.length; i++) {
            String socket = sockets[i];
            fingers[i] = Thread.ofPlatform().daemon().start(() -> tryToPress(socket));
        }
        long end = System.nanoTime() + ANSWER_MAX.toNanos();
        for (int i = 0; i < sockets.length; i++) {
            if (!fingers[i].join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                System.out.println("no answer: " + sockets[i]);
            }
        }
    }

    private static void tryToPress(String socket) {
        try {
            press(socket);
            System.out.println("pressed: " + socket);
        } catch (IOException e) {
            System.out.println("not pressed: " + socket + ": " + e);
        }
    }

    private static void press(String socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            BufferedReader answers = new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
            answers.readLine(); // the greeting
            for (String command : new String[] {"qmp_capabilities", "system_powerdown"}) {
                channel.write(ByteBuffer.wrap("{\"execute\":\"%s\"}\n".formatted(command).getBytes(StandardCharsets.UTF_8)));
                awaitAnswer(answers);
            }
        }
    }

    /** Events may come before the answer. */
    private static void awaitAnswer(BufferedReader answers) throws IOException {
        for (int i = 0; i < LINES_MAX; i++) {
            String line = answers.readLine();
            if (line == null || line.contains("\"error\"")) {
                throw new IOException(String.valueOf(line));
            }
            if (line.contains("\"return\"")) {
                return;
            }
        }
        throw new IOException("no answer in " + LINES_MAX + " lines");
    }
}
