package dev.sternpost.fleet.main;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program. {@code start} with settings runs a fleet until the process is ended; {@code ask HOME WORDS…} gives an order to
 * a running one. Exit codes: 0, 1 could not start or refused, 2 wrong arguments.
 */
public final class Main {
    private static final Logger log = LoggerFactory.getLogger(Main.class);

    private Main() {}

    /** See the class. */
    public static void main(String[] arguments) throws InterruptedException {
        List<String> words = Arrays.asList(arguments);
        if (words.size() >= 3 && words.getFirst().equals("ask")) {
            System.exit(ask(Path.of(words.get(1)), String.join(" ", words.subList(2, words.size()))));
        }
        if (words.isEmpty() || !words.getFirst().equals("start")) {
            System.err.println("usage: start --home DIR --ca FILE --password-file FILE [--hosts N] … | ask HOME ORDER");
            System.exit(2);
        }
        run(words.subList(1, words.size()));
    }

    private static int ask(Path home, String order) {
        try {
            String answer = Control.ask(home, order);
            System.out.println(answer);
            return answer.startsWith("error: ") ? 1 : 0;
        } catch (IOException e) {
            System.out.println("error: no fleet runs with home " + home);
            return 1;
        }
    }

    private static void run(List<String> arguments) throws InterruptedException {
        Settings settings;
        try {
            settings = Settings.of(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        CountDownLatch end = new CountDownLatch(1);
        Fleet fleet = Fleet.of(settings);
        try (Control control =
                new Control(fleet, settings.home(), settings.layout().seed())) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
                control.close();
                fleet.close();
                end.countDown();
            }));
            fleet.start();
            end.await();
        } catch (IOException | RuntimeException e) {
            // Wide on purpose: the edge of the program; the last line says why it could not start.
            log.error("the fleet could not start: {}", e.getMessage(), e);
            System.exit(1);
        }
    }
}
