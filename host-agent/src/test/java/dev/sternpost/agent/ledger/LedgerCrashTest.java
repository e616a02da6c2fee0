package dev.sternpost.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.testkit.Generator;
import dev.sternpost.testkit.Property;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger is killed at every kind of moment; what is found afterwards is the state before or after the last change. */
class LedgerCrashTest {

    private static final int CASES = 60;

    @TempDir
    Path root;

    @Test
    void after_a_crash_the_ledger_has_the_state_before_or_after_the_change_under_way() {
        Property.holds("a crash leaves the state before or after", CASES, random -> {
            List<Consumer<Ledger>> script = script(random);
            List<State> states = statesWithoutCrash(Files.createTempDirectory(root, "whole"), script);
            Path directory = Files.createTempDirectory(root, "ledger");
            int done = runUntilCrash(directory, script, new CrashingDisk(random, random.between(1, 4 + random.size())));

            try (Ledger ledger = Ledger.open(directory, new SyncedDisk(), () -> 0)) {
                assertThat(State.of(ledger)).isIn(states.get(done), states.get(Math.min(done + 1, script.size())));
                assertThat(ledger.notices()).isEmpty();
                long lastEvent = states.get(done).lastEvent();
                assertThat(ledger.appendEvent("vm-1", 9, "resumed", "").number())
                        .isIn(lastEvent + 1, lastEvent + 2);
                assertThat(leftovers(directory)).isEmpty();
            }
        });
    }

    private static List<State> statesWithoutCrash(Path directory, List<Consumer<Ledger>> script) {
        List<State> states = new ArrayList<>();
        try (Ledger ledger = Ledger.open(directory, new SyncedDisk(), () -> 0)) {
            states.add(State.of(ledger));
            for (Consumer<Ledger> change : script) {
                change.accept(ledger);
                states.add(State.of(ledger));
            }
        }
        return states;
    }

    /** Returns how many changes were made before the one that failed. */
    private static int runUntilCrash(Path directory, List<Consumer<Ledger>> script, Disk disk) {
        int done = 0;
        try (Ledger ledger = Ledger.open(directory, disk, () -> 0)) {
            for (Consumer<Ledger> change : script) {
                change.accept(ledger);
                done++;
            }
        } catch (LedgerException e) {
            return done;
        }
        return done;
    }

    private static List<Consumer<Ledger>> script(Generator random) {
        List<Consumer<Ledger>> script = new ArrayList<>();
        long generation = 0;
        for (int i = 0; i < 2 + random.size() / 2; i++) {
            String vmId = "vm-" + random.between(1, 4);
            String taskId = "task-" + random.between(1, 3);
            switch (random.between(1, 6)) {
                case 1, 2 -> {
                    generation += random.between(0, 2);
                    VmRecord record =
                            VmRecord.off(vmId, generation, "u", "dir", "x").withState(random.pick(LedgerState.class));
                    script.add(ledger -> ledger.put(record));
                }
                case 3 -> script.add(ledger -> ledger.appendEvent(vmId, 1, "resumed", "text"));
                case 4 -> {
                    long number = random.between(0, 10);
                    script.add(ledger -> ledger.acknowledgeEvents(number));
                }
                case 5 -> {
                    byte[] result = random.bytes(3);
                    script.add(ledger -> ledger.storeResult(new OperationKey(taskId, taskId + "/s"), result));
                }
                default -> script.add(ledger -> ledger.forgetTask(taskId));
            }
        }
        return script;
    }

    /** What a reader can see of a ledger. */
    private record State(List<VmRecord> vms, List<EventRecord> events, List<String> results, long lastEvent) {

        static State of(Ledger ledger) {
            List<String> results = new ArrayList<>();
            for (int task = 1; task <= 3; task++) {
                String id = "task-" + task;
                ledger.result(new OperationKey(id, id + "/s"))
                        .ifPresent(bytes -> results.add(id + "=" + Arrays.toString(bytes)));
            }
            List<VmRecord> vms = new ArrayList<>();
            for (int vm = 1; vm <= 4; vm++) {
                ledger.vm("vm-" + vm).ifPresent(vms::add);
            }
            return new State(vms, ledger.unacknowledgedEvents(), results, ledger.lastEventNumber());
        }
    }

    /** Works until its time has come, then fails before, in the middle of, or right after an act, and ever after. */
    private static final class CrashingDisk implements Disk {

        private final Disk real = new SyncedDisk();
        private final Generator random;
        private int actsLeft;

        CrashingDisk(Generator random, int acts) {
            this.random = random;
            this.actsLeft = acts;
        }

        @Override
        public void write(Path file, byte[] content) throws IOException {
            if (--actsLeft > 0) {
                real.write(file, content);
                return;
            }
            if (actsLeft == 0) {
                int way = random.between(1, 3);
                if (way == 2) {
                    int kept = random.between(0, content.length);
                    Files.write(
                            file.resolveSibling(file.getFileName() + SyncedDisk.TEMPORARY_SUFFIX),
                            Arrays.copyOf(content, kept));
                } else if (way == 3) {
                    real.write(file, content);
                }
            }
            throw new IOException("crash");
        }

        @Override
        public void delete(Path file) throws IOException {
            if (--actsLeft > 0) {
                real.delete(file);
                return;
            }
            if (actsLeft == 0 && random.between(1, 2) == 2) {
                real.delete(file);
            }
            throw new IOException("crash");
        }

        @Override
        public void makeDirectory(Path directory) throws IOException {
            real.makeDirectory(directory);
        }
    }

    private static List<Path> leftovers(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(SyncedDisk.TEMPORARY_SUFFIX))
                    .toList();
        }
    }
}
