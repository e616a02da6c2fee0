package dev.sternpost.cli.vm;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.GuestExit;
import dev.sternpost.cli.task.WaitOptions;
import dev.sternpost.proto.virtualmachine.v1.CaptureScreenRequest;
import dev.sternpost.proto.virtualmachine.v1.ReadConsoleLogRequest;
import dev.sternpost.proto.virtualmachine.v1.ReadConsoleLogResponse;
import dev.sternpost.proto.virtualmachine.v1.RunGuestProgramRequest;
import dev.sternpost.proto.virtualmachine.v1.RunGuestProgramResponse;
import dev.sternpost.sdk.SternpostSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looking inside. */
final class VmGuest {
    private VmGuest() {}

    @Command(
            name = "exec",
            description = "Run a program in the guest by its agent. What it writes is passed on, and its exit status is"
                    + " the command's own. Options of this command come before VM.",
            footer = {
                "  sternpost vm exec web-1 uname -a",
                "  sternpost vm exec web-1 ping -c 3 10.77.0.101",
                "  sternpost vm exec --within 5m web-1 sh -c 'sleep 100; date'"
            })
    static final class Exec extends ServerVerb {
        private static final Duration GRACE = Duration.ofSeconds(15);

        @Parameters(index = "0", paramLabel = "VM", description = "Name, path, id or UUID.")
        String vm;

        @Parameters(index = "1", paramLabel = "PROGRAM", description = "Program in the guest.")
        String program;

        @Parameters(index = "2..*", arity = "0..*", paramLabel = "ARGUMENT", description = "Its arguments.")
        @Nullable
        List<String> arguments;

        @Option(
                names = "--within",
                paramLabel = "TIME",
                converter = WaitOptions.DurationConverter.class,
                description = "How long it may run, at most 10m. Default: 60s.")
        Duration within = Duration.ofSeconds(60);

        @Override
        public boolean passesOptionsOn() {
            return true;
        }

        @Override
        protected ExitCode run(SternpostSession session) throws IOException {
            RunGuestProgramRequest request = RunGuestProgramRequest.newBuilder()
                    .setVm(vm)
                    .setProgram(program)
                    .addAllArguments(arguments == null ? List.of() : arguments)
                    .setTimeoutMs(within.toMillis())
                    .build();
            RunGuestProgramResponse answer = session.call(() -> session.virtualMachines()
                    .withDeadlineAfter(within.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)
                    .runGuestProgram(request));
            if (!forPeople()) {
                print("", answer);
                return ExitCode.DONE;
            }
            answer.getStandardOutput().writeTo(shell().out());
            shell().out().flush();
            answer.getStandardError().writeTo(shell().err());
            shell().err().flush();
            if (answer.getExitCode() != 0) {
                throw new GuestExit(answer.getExitCode());
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "console",
            description = "Print the end of the serial console's log; with -f go on as it grows, until Ctrl-C.",
            footer = {"  sternpost vm console web-1", "  sternpost vm console web-1 -f"})
    static final class Console extends ServerVerb {
        private static final Duration PAUSE = Duration.ofMillis(500);
        private static final long LOOK_BYTES = 4 << 10;
        private static final long TAIL_BYTES_MAX = 1 << 20;

        @Parameters(paramLabel = "VM", description = "Name, path, id or UUID.")
        String vm;

        @Option(
                names = {"-n", "--bytes"},
                paramLabel = "SIZE",
                converter = Disks.SizeConverter.class,
                description = "How much of the end, up to 1M. Default: 16K.")
        long tailBytes = 16 << 10;

        @Option(
                names = {"-f", "--follow"},
                description = "Go on as it grows.")
        boolean follow;

        @Option(
                names = "--for",
                paramLabel = "TIME",
                converter = WaitOptions.DurationConverter.class,
                description = "With -f: stop after this time. Default: 24h.")
        Duration span = Duration.ofHours(24);

        @Override
        protected ExitCode run(SternpostSession session) throws IOException, InterruptedException {
            ReadConsoleLogResponse log = read(session, tailBytes);
            if (!forPeople()) {
                print("", log);
                return ExitCode.DONE;
            }
            log.getContent().writeTo(shell().out());
            shell().out().flush();
            long end = System.nanoTime() + span.toNanos();
            long seen = log.getTotalBytes();
            while (follow && System.nanoTime() < end) {
                Thread.sleep(PAUSE);
                ReadConsoleLogResponse now = read(session, LOOK_BYTES);
                // A log that is shorter than before was begun anew.
                long fresh = now.getTotalBytes() >= seen ? now.getTotalBytes() - seen : now.getTotalBytes();
                if (fresh > LOOK_BYTES) {
                    now = read(session, Math.min(fresh, TAIL_BYTES_MAX));
                    fresh = now.getTotalBytes() >= seen ? now.getTotalBytes() - seen : now.getTotalBytes();
                }
                int have = now.getContent().size();
                now.getContent().substring((int) Math.max(0, have - fresh)).writeTo(shell().out());
                shell().out().flush();
                seen = now.getTotalBytes();
            }
            return ExitCode.DONE;
        }

        private ReadConsoleLogResponse read(SternpostSession session, long bytes) {
            ReadConsoleLogRequest request = ReadConsoleLogRequest.newBuilder()
                    .setVm(vm)
                    .setTailBytes(bytes)
                    .build();
            return session.call(() -> session.virtualMachines().readConsoleLog(request));
        }
    }

    @Command(
            name = "screenshot",
            description = "Save the screen as a PNG picture.",
            footer = {"  sternpost vm screenshot web-1", "  sternpost vm screenshot web-1 - | display"})
    static final class Screenshot extends ServerVerb {
        @Parameters(index = "0", paramLabel = "VM", description = "Name, path, id or UUID.")
        String vm;

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "FILE",
                description = "Where to; - for standard output. Default: VM.png here.")
        @Nullable
        String file;

        @Override
        protected ExitCode run(SternpostSession session) throws IOException {
            CaptureScreenRequest request =
                    CaptureScreenRequest.newBuilder().setVm(vm).build();
            byte[] picture = session.call(() -> session.virtualMachines().captureScreen(request))
                    .getPng()
                    .toByteArray();
            if ("-".equals(file)) {
                shell().out().write(picture);
                shell().out().flush();
                return ExitCode.DONE;
            }
            Path target = Path.of(file == null ? vm.substring(vm.lastIndexOf('/') + 1) + ".png" : file);
            try {
                Files.write(target, picture);
            } catch (IOException e) {
                throw new CommandFailure(
                        ExitCode.UNEXPECTED, "%s cannot be written: %s".formatted(target, e.getMessage()));
            }
            shell().out().println("%s written, %d bytes".formatted(target, picture.length));
            return ExitCode.DONE;
        }
    }
}
