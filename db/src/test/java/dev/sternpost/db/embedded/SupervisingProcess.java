package dev.sternpost.db.embedded;

import java.nio.file.Path;
import java.time.Duration;

/** A program that is to be killed: {@code SupervisingProcess DIRECTORY PORT} starts a server and says "up". */
final class SupervisingProcess {
    private SupervisingProcess() {}

    public static void main(String[] arguments) throws Exception {
        PgSupervisor.start(EmbeddedServers.settings(Path.of(arguments[0]), Integer.parseInt(arguments[1])));
        System.out.println("up");
        Thread.sleep(Duration.ofMinutes(2));
    }
}
