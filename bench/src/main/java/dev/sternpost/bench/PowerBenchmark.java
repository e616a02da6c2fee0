package dev.sternpost.bench;

import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.virtualmachine.v1.ListVirtualMachinesRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerOffVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerOnVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerState;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.sdk.ConnectOptions;
import dev.sternpost.sdk.SternpostClient;
import dev.sternpost.sdk.SternpostException;
import dev.sternpost.sdk.SternpostSession;
import dev.sternpost.sdk.TokenStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Power operations on a simulated fleet that runs: callers each with virtual machines of their own switch them off and on by
 * turns and wait for every task. Each operation is a login's permission, a placement, a durable task, an agent's command over its
 * own TLS stream, the state it reports, events and audit.
 */
final class PowerBenchmark {
    private static final int CALLERS = 64;
    private static final int CONNECTIONS = 8;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration RUN = Duration.ofSeconds(30);
    private static final Duration RUN_FULL = Duration.ofSeconds(60);
    /** What the server leaves free of the connections that its database takes. */
    private static final int FLOOR_SESSIONS = 24;

    private static final Duration FLOOR = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PAGE = 1_000;
    private static final double NANOS_PER_MILLI = 1e6;

    private final List<SternpostSession> sessions = new ArrayList<>();
    private final ConcurrentLinkedQueue<Double> onMillis = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Double> offMillis = new ConcurrentLinkedQueue<>();
    private final AtomicInteger failed = new AtomicInteger();

    private PowerBenchmark() {}

    static Report run(long seed, boolean full) {
        return new PowerBenchmark().measure(seed, full ? RUN_FULL : RUN);
    }

    private Report measure(long seed, Duration length) {
        List<SternpostClient> clients = new ArrayList<>();
        try {
            ConnectOptions options = ConnectOptions.to(required("server"))
                    .withCaFile(Path.of(required("ca")))
                    .withCallTimeout(PATIENCE);
            SternpostClient first = SternpostClient.connect(options);
            clients.add(first);
            sessions.add(first.login("administrator", password()));
            for (int i = 1; i < CONNECTIONS; i++) {
                SternpostClient client = SternpostClient.connect(options);
                clients.add(client);
                sessions.add(client.resume(sessions.getFirst().accessToken(), TokenStore.NONE));
            }
            List<VirtualMachine> vms = simulated(sessions.getFirst());
            Collections.shuffle(vms, new Random(seed));
            long hosts = vms.stream().map(VirtualMachine::getHostId).distinct().count();
            drive(vms, WARM_UP);
            onMillis.clear();
            offMillis.clear();
            DatabaseFloor database = new DatabaseFloor(
                    required("database"), "sternpost", text(Path.of(required("database-password-file"))));
            double before = database.run(FLOOR_SESSIONS, FLOOR);
            long since = System.nanoTime();
            drive(vms, length);
            double seconds = (System.nanoTime() - since) / NANOS_PER_MILLI / 1_000;
            double floor = (before + database.run(FLOOR_SESSIONS, FLOOR)) / 2;
            return report(seed, hosts, vms.size(), seconds, floor);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            sessions.forEach(SternpostSession::close);
            clients.forEach(SternpostClient::close);
        }
    }

    private Report report(long seed, long hosts, int vms, double seconds, double floor) {
        Report report =
                new Report("B1", "power operations of %d callers, off and on by turns".formatted(CALLERS), seed);
        report.condition("hosts", String.valueOf(hosts));
        report.condition("vms", String.valueOf(vms));
        report.condition("seconds", String.valueOf(Math.round(seconds)));
        report.condition(
                "comparator",
                "an update and an outbox insert a transaction, %d sessions, same database, just before and after"
                        .formatted(FLOOR_SESSIONS));
        Timings on = timings(onMillis);
        Timings off = timings(offMillis);
        report.add(Result.higher("operations", "1/s", (on.count() + off.count()) / seconds, floor, 300, 1_000));
        report.add(Result.told("power on, median from call to end of the task", "ms", on.median(), null));
        report.add(Result.lower("power on, p99", "ms", on.quantile(0.99), null, 1_000, 250));
        report.add(Result.told("power off, median", "ms", off.median(), null));
        report.add(Result.lower("operations that failed", "", failed.get(), null, 0, 0));
        return report;
    }

    private static Timings timings(Iterable<Double> millis) {
        Timings timings = new Timings();
        millis.forEach(timings::add);
        if (timings.count() == 0) {
            throw new IllegalStateException("nothing was done in the time; is the fleet connected?");
        }
        return timings;
    }

    private void drive(List<VirtualMachine> vms, Duration length) throws InterruptedException {
        long until = System.nanoTime() + length.toNanos();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < CALLERS; caller++) {
                int number = caller;
                callers.execute(() -> callAsLongAs(number, vms, until));
            }
            callers.shutdown();
            if (!callers.awaitTermination(length.plus(PATIENCE).toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("operations do not end");
            }
        }
    }

    private void callAsLongAs(int caller, List<VirtualMachine> vms, long until) {
        SternpostSession session = sessions.get(caller % sessions.size());
        for (int next = caller;
                System.nanoTime() < until;
                next = (next + CALLERS) % (vms.size() - vms.size() % CALLERS)) {
            String vm = vms.get(next).getId();
            try {
                time(
                        offMillis,
                        session,
                        () -> session.virtualMachines()
                                .powerOffVirtualMachine(PowerOffVirtualMachineRequest.newBuilder()
                                        .setVm(vm)
                                        .build())
                                .getTask());
                time(
                        onMillis,
                        session,
                        () -> session.virtualMachines()
                                .powerOnVirtualMachine(PowerOnVirtualMachineRequest.newBuilder()
                                        .setVm(vm)
                                        .build())
                                .getTask());
            } catch (SternpostException e) {
                failed.incrementAndGet();
                System.err.println(vm + ": " + e.getMessage());
            }
        }
    }

    private static void time(
            ConcurrentLinkedQueue<Double> into, SternpostSession session, java.util.function.Supplier<Task> call) {
        long since = System.nanoTime();
        session.requireSuccess(session.call(call), PATIENCE);
        into.add((System.nanoTime() - since) / NANOS_PER_MILLI);
    }

    /** Those that run; their names tell them from real ones. */
    private static List<VirtualMachine> simulated(SternpostSession session) {
        List<VirtualMachine> vms = new ArrayList<>();
        String token = "";
        do {
            String page = token;
            var answer = session.call(() -> session.virtualMachines()
                    .listVirtualMachines(ListVirtualMachinesRequest.newBuilder()
                            .setPageSize(PAGE)
                            .setPageToken(page)
                            .build()));
            answer.getVmsList().stream()
                    .filter(vm -> vm.getPath().startsWith("/fleet/vm/")
                            && vm.getPowerState() == PowerState.POWER_STATE_POWERED_ON)
                    .forEach(vms::add);
            token = answer.getNextPageToken();
        } while (!token.isEmpty());
        if (vms.size() < CALLERS) {
            throw new IllegalStateException(
                    "a fleet with at least %d running virtual machines is needed, see docs/simulated-fleet.md; there are %d"
                            .formatted(CALLERS, vms.size()));
        }
        return vms;
    }

    private static String password() {
        return text(Path.of(required("password-file")));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("a password file cannot be read", e);
        }
    }

    private static String required(String name) {
        String value = System.getProperty("sternpost.bench." + name);
        if (value == null) {
            throw new IllegalStateException("run it by ./sternpost bench B1, which says where the server is");
        }
        return value;
    }
}
