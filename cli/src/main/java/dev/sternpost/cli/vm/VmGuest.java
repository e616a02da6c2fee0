package dev.sternpost.cli.vm;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.GuestExit;
import dev.sternpost.cli.shell.PlainText;
import dev.sternpost.cli.shell.Sizes;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Times;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looking inside. */
final class VmGuest {
    private VmGuest() {}

    static final class Exec extends ServerVerb {
        private static final Duration GRACE = Duration.ofSeconds(15);

        String vm = "";

        String program = "";

        List<String> arguments = new ArrayList<>();

        Duration within = Duration.ofSeconds(60);

        @Override
        protected void declare(Syntax syntax) {
            syntax.stopAtFirstArgument()
                    .describe(
                            "Run a program in the guest by its agent. What it writes is passed on, and its exit status is"
                                    + " the command's own. Options of this command come before VM.")
                    .example("sternpost vm exec web-1 uname -a")
                    .example("sternpost vm exec web-1 ping -c 3 10.77.0.101")
                    .example("sternpost vm exec --within 5m web-1 sh -c 'sleep 100; date'")
                    .argument("VM", "Name, path, id or UUID.", text -> vm = text)
                    .argument("PROGRAM", "Program in the guest.", text -> program = text)
                    .anyArguments("ARGUMENT", "Its arguments.", arguments::add)
                    .option(
                            "--within",
                            "TIME",
                            "How long it may run, at most 10m. Default: 60s.",
                            text -> within = Times.parse(text));
        }

        @Override
        protected ExitCode run(SternpostSession session) throws IOException {
            RunGuestProgramRequest request = RunGuestProgramRequest.newBuilder()
                    .setVm(vm)
                    .setProgram(program)
                    .addAllArguments(arguments)
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

    static final class Console extends ServerVerb {
        private static final Duration PAUSE = Duration.ofMillis(500);
        private static final long LOOK_BYTES = 4 << 10;
        private static final long TAIL_BYTES_MAX = 1 << 20;

        String vm = "";

        long tailBytes = 16 << 10;

        boolean follow;

        Duration span = Duration.ofHours(24);

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe(
                            "Print the end of the serial console's log, without control characters; with -f go on as it grows, until Ctrl-C.")
                    .example("sternpost vm console web-1")
                    .example("sternpost vm console web-1 -f")
                    .argument("VM", "Name, path, id or UUID.", text -> vm = text)
                    .option(
                            "-n, --bytes",
                            "SIZE",
                            "How much of the end, up to 1M. Default: 16K.",
                            text -> tailBytes = Sizes.parse(text))
                    .flag("-f, --follow", "Go on as it grows.", () -> follow = true)
                    .option(
                            "--for",
                            "TIME",
                            "With -f: stop after this time. Default: 24h.",
                            text -> span = Times.parse(text));
        }

        @Override
        protected ExitCode run(SternpostSession session) throws IOException, InterruptedException {
            ReadConsoleLogResponse log = read(session, tailBytes);
            if (!forPeople()) {
                print("", log);
                return ExitCode.DONE;
            }
            shell().out().print(PlainText.lines(log.getContent().toStringUtf8()));
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
                shell().out()
                        .print(PlainText.lines(now.getContent()
                                .substring((int) Math.max(0, have - fresh))
                                .toStringUtf8()));
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

    static final class Screenshot extends ServerVerb {
        String vm = "";

        @Nullable
        String file;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Save the screen as a PNG picture.")
                    .example("sternpost vm screenshot web-1")
                    .example("sternpost vm screenshot web-1 - | display")
                    .argument("VM", "Name, path, id or UUID.", text -> vm = text)
                    .optionalArgument(
                            "FILE", "Where to; - for standard output. Default: VM.png here.", text -> file = text);
        }

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
                throw CommandFailure.ofFile(ExitCode.UNEXPECTED, target, "written", e);
            }
            shell().out().println("%s written, %d bytes".formatted(target, picture.length));
            return ExitCode.DONE;
        }
    }
}
