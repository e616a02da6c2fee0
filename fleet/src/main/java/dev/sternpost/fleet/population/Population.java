package dev.sternpost.fleet.population;

import dev.sternpost.agent.endpoint.EnrolmentClient;
import dev.sternpost.agent.identity.EnrolmentToken;
import dev.sternpost.agent.identity.HostIdentity;
import dev.sternpost.agent.identity.IdentityFiles;
import dev.sternpost.proto.agent.v1.CpuFacts;
import dev.sternpost.proto.cluster.v1.CreateClusterRequest;
import dev.sternpost.proto.host.v1.AddHostRequest;
import dev.sternpost.proto.host.v1.CreateHostTokenRequest;
import dev.sternpost.proto.inventory.v1.CreateDatacenterRequest;
import dev.sternpost.proto.virtualmachine.v1.CreateVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.VirtualDisk;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineConfig;
import dev.sternpost.proto.virtualmachine.v1.VirtualNic;
import dev.sternpost.sdk.SternpostException;
import dev.sternpost.sdk.SternpostSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings hosts and virtual machines into a server's inventory by its public API, as an administrator with a script would:
 * nothing is put there that a server could not refuse.
 */
public final class Population {
    private static final Logger log = LoggerFactory.getLogger(Population.class);

    private static final String DATACENTER = "fleet";
    private static final String NETWORK = "VM Network";
    private static final int ENROLMENTS_MAX = 8;
    private static final int CREATIONS_MAX = 64;
    private static final int ATTEMPTS_MAX = 8;
    private static final long RETRY_MILLIS = 500;
    private static final Duration TASK_PATIENCE = Duration.ofMinutes(10);
    private static final Duration ENROL_PATIENCE = Duration.ofSeconds(60);
    private static final long DISK_BYTES = 40L << 30;

    private final SternpostSession session;
    private final String server;
    private final Path identities;
    private final Layout layout;

    /**
     * @param server "host:port" of the API, for enrolment
     * @param identities directory with a directory for each host's key and certificate
     */
    public Population(SternpostSession session, String server, Path identities, Layout layout) {
        this.session = session;
        this.server = server;
        this.identities = identities;
        this.layout = layout;
    }

    /** Identities of those hosts that have enrolled before; none of the others. */
    public static List<Optional<HostIdentity>> known(Path identities, Layout layout) {
        List<Optional<HostIdentity>> known = new ArrayList<>();
        for (int host = 0; host < layout.hosts(); host++) {
            known.add(files(identities, layout, host).load());
        }
        return known;
    }

    private static IdentityFiles files(Path identities, Layout layout, int host) {
        return new IdentityFiles(identities.resolve(layout.hostName(host)));
    }

    /** Datacenter and clusters, as far as they are not there. */
    public void clusters() {
        unlessTaken(() -> session.inventory()
                .createDatacenter(
                        CreateDatacenterRequest.newBuilder().setName(DATACENTER).build()));
        for (int cluster = 0; cluster < layout.clusters(); cluster++) {
            String name = layout.clusterName(cluster);
            unlessTaken(() -> session.clusters()
                    .createCluster(CreateClusterRequest.newBuilder()
                            .setFolder("/" + DATACENTER + "/host")
                            .setName(name)
                            .build()));
        }
    }

    private <T> void unlessTaken(Callable<T> call) {
        try {
            session.call(() -> unchecked(call));
        } catch (SternpostException e) {
            if (!e.is("NAME_TAKEN")) {
                throw e;
            }
        }
    }

    private static <T> T unchecked(Callable<T> call) {
        try {
            return call.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has every host enrolled that has not yet, each with a token of its own; told of each by its number. */
    public List<HostIdentity> enrol(List<Optional<HostIdentity>> known, IntConsumer enrolled)
            throws InterruptedException {
        List<Callable<HostIdentity>> work = new ArrayList<>();
        for (int host = 0; host < layout.hosts(); host++) {
            int number = host;
            work.add(() -> {
                Optional<HostIdentity> before = known.get(number);
                HostIdentity identity = before.isPresent() ? before.get() : enrolOne(number);
                enrolled.accept(number);
                return identity;
            });
        }
        return all(work, ENROLMENTS_MAX);
    }

    private HostIdentity enrolOne(int host) throws InterruptedException {
        // Nothing runs there, so there is nothing to tell of CPU features; its clusters have no CPU baseline.
        HostIdentity identity = EnrolmentClient.enrol(
                server, EnrolmentToken.parse(token(host)), CpuFacts.getDefaultInstance(), ENROL_PATIENCE);
        files(identities, layout, host).store(identity);
        return identity;
    }

    private String token(int host) {
        String cluster = "/" + DATACENTER + "/host/" + layout.clusterName(layout.clusterOf(host));
        String name = layout.hostName(host);
        try {
            return session.call(() -> session.hosts()
                    .addHost(AddHostRequest.newBuilder()
                            .setParent(cluster)
                            .setName(name)
                            .build())
                    .getToken());
        } catch (SternpostException e) {
            if (!e.is("NAME_TAKEN")) {
                throw e;
            }
            // An earlier start got so far; its identity was lost.
            return session.call(() -> session.hosts()
                    .createHostToken(CreateHostTokenRequest.newBuilder()
                            .setHost(cluster + "/" + name)
                            .build())
                    .getToken());
        }
    }

    /**
     * Makes every virtual machine that is not there yet.
     *
     * @param there names of those that are
     * @param hostIds ids of the hosts, by number
     * @param made told how many were made or found so far
     * @return how many could not be made
     */
    public int virtualMachines(Set<String> there, List<String> hostIds, IntConsumer made) throws InterruptedException {
        AtomicInteger done = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        List<Callable<Boolean>> work = new ArrayList<>();
        for (int vm = 0; vm < layout.vmsPerHost(); vm++) {
            for (int host = 0; host < layout.hosts(); host++) {
                int vmNumber = vm;
                int hostNumber = host;
                work.add(() -> {
                    if (!there.contains(layout.vmName(hostNumber, vmNumber))
                            && !create(hostNumber, vmNumber, hostIds.get(hostNumber))) {
                        failed.incrementAndGet();
                    }
                    made.accept(done.incrementAndGet());
                    return true;
                });
            }
        }
        all(work, CREATIONS_MAX);
        return failed.get();
    }

    private boolean create(int host, int vm, String hostId) throws InterruptedException {
        Layout.VmSize size = layout.sizeOf(host, vm);
        String name = layout.vmName(host, vm);
        CreateVirtualMachineRequest request = CreateVirtualMachineRequest.newBuilder()
                .setName(name)
                .setFolder("/" + DATACENTER + "/vm")
                .setCompute(hostId)
                .setDatastore("/" + DATACENTER + "/datastore/" + layout.datastoreOf(host, vm))
                .setPowerOn(size.on())
                .setConfig(VirtualMachineConfig.newBuilder()
                        .setCpuCount(size.cpuCount())
                        .setMemoryBytes(size.memoryBytes())
                        .addDisks(VirtualDisk.newBuilder().setCapacityBytes(DISK_BYTES))
                        .addNics(VirtualNic.newBuilder().setNetworkId("/" + DATACENTER + "/network/" + NETWORK)))
                .build();
        for (int attempt = 1; ; attempt++) {
            try {
                var task = session.call(() ->
                        session.virtualMachines().createVirtualMachine(request).getTask());
                session.requireSuccess(task, TASK_PATIENCE);
                return true;
            } catch (SternpostException e) {
                if (e.is("NAME_TAKEN")) {
                    return true;
                }
                if (attempt == ATTEMPTS_MAX) {
                    log.warn("{} could not be made: {}", name, e.getMessage());
                    return false;
                }
                Thread.sleep(RETRY_MILLIS * attempt);
            }
        }
    }

    private static <T> List<T> all(List<Callable<T>> work, int atOnceMax) throws InterruptedException {
        Semaphore room = new Semaphore(atOnceMax);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> running = new ArrayList<>();
            for (Callable<T> each : work) {
                room.acquire();
                running.add(threads.submit(() -> {
                    try {
                        return each.call();
                    } finally {
                        room.release();
                    }
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> each : running) {
                results.add(each.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
