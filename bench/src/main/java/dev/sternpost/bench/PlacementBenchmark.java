package dev.sternpost.bench;

import dev.sternpost.drs.layout.Footprint;
import dev.sternpost.drs.layout.HostNeeds;
import dev.sternpost.drs.placement.Arrival;
import dev.sternpost.drs.placement.HostFleet;
import dev.sternpost.drs.placement.PlacementGoal;
import dev.sternpost.drs.snapshot.DrsHost;
import dev.sternpost.drs.snapshot.HostCondition;
import dev.sternpost.inventory.DatastoreId;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.NetworkId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * B8: a month of VMs that come and go on 2,500 hosts, then arrivals only until nothing large fits any more. Beside a best-fit scan over plain
 * objects that sees the same arrivals.
 */
final class PlacementBenchmark {
    private static final long GIB = 1L << 30;
    private static final int HOSTS = 2_500;
    private static final int HOST_CPUS = 64;
    private static final int CPU_MHZ = 2_500;
    private static final double DAYS = 30;
    private static final double LIFE_DAYS = 3;

    /** How full the fleet is in the long run. */
    private static final double FULL = 0.85;

    /** Arrivals that found no host, in a row of growing fullness, after which the fleet counts as full. */
    private static final int REFUSALS = 2_000;

    /** Virtual CPUs and GiB, from frequent to rare. */
    private static final int[][] SIZES = {{1, 2}, {2, 4}, {2, 8}, {4, 16}, {4, 8}, {8, 32}, {16, 64}, {16, 128}};

    private PlacementBenchmark() {}

    /** What places VMs. */
    private interface Placer {
        Optional<HostId> place(Arrival arrival);

        void add(HostId host, Footprint footprint);

        void remove(HostId host, Footprint footprint);
    }

    private record Leaving(double day, HostId host, Footprint footprint) {}

    static Report run(long seed) {
        Report report = new Report("B8", "placement of VMs that come and go for a month on 2,500 hosts", seed);
        List<DrsHost> hosts = hosts();
        Month warm = new Month(of(new HostFleet(hosts, 0.1)), PlacementGoal.BALANCE, seed + 1, 0.05);
        warm.live();
        Month balance = new Month(of(new HostFleet(hosts, 0.1)), PlacementGoal.BALANCE, seed, 1);
        Month pack = new Month(of(new HostFleet(hosts, 0.1)), PlacementGoal.PACK, seed, 1);
        // As many as its speed allows in bounded time; both then go on to the same full fleet.
        Month bestFit = new Month(new BestFit(hosts), PlacementGoal.PACK, seed, 1);
        balance.live();
        bestFit.live();
        pack.live();
        bestFit.fill();
        pack.fill();
        balance.fill();
        report.condition("arrivals", String.valueOf(balance.times.count()));
        report.condition("running at the end of the month", String.valueOf(balance.running));
        report.add(
                Result.higher("placements, balance", "1/s", balance.perSecond(), bestFit.perSecond(), 1_000, 20_000));
        report.add(Result.higher("placements, pack", "1/s", pack.perSecond(), bestFit.perSecond(), 1_000, 20_000));
        report.add(Result.lower(
                "one placement, balance, p99",
                "ms",
                balance.times.quantile(0.99),
                bestFit.times.quantile(0.99),
                5,
                0.5));
        report.add(Result.lower(
                "one placement, pack, p99", "ms", pack.times.quantile(0.99), bestFit.times.quantile(0.99), 5, 0.5));
        report.add(Result.higher(
                "memory given out when full, pack, beside best fit",
                "%",
                pack.packed(),
                bestFit.packed(),
                0.98 * bestFit.packed(),
                0.98 * bestFit.packed()));
        report.add(Result.higher(
                "memory given out at the first refusal, pack, beside best fit",
                "%",
                pack.firstRefusalPacked,
                bestFit.firstRefusalPacked,
                0.98 * bestFit.firstRefusalPacked,
                0.98 * bestFit.firstRefusalPacked));
        report.add(Result.told(
                "memory given out when full, balance, beside best fit", "%", balance.packed(), bestFit.packed()));
        report.add(Result.told(
                "arrivals refused in the month, pack", "1", pack.refusedInMonth, (double) bestFit.refusedInMonth));
        return report;
    }

    private static List<DrsHost> hosts() {
        List<DrsHost> hosts = new ArrayList<>();
        for (int number = 1; number <= HOSTS; number++) {
            hosts.add(new DrsHost(
                    HostId.of(number),
                    "host-" + number,
                    HostCondition.NORMAL,
                    HOST_CPUS,
                    (long) HOST_CPUS * CPU_MHZ,
                    (number % 3 == 0 ? 512 : 256) * GIB,
                    List.of(DatastoreId.of(1 + number / 100)),
                    List.of(NetworkId.of(1))));
        }
        return hosts;
    }

    private static Placer of(HostFleet fleet) {
        return new Placer() {
            @Override
            public Optional<HostId> place(Arrival arrival) {
                return fleet.place(arrival);
            }

            @Override
            public void add(HostId host, Footprint footprint) {
                fleet.add(host, footprint);
            }

            @Override
            public void remove(HostId host, Footprint footprint) {
                fleet.remove(host, footprint);
            }
        };
    }

    /** One fleet's month. Fleets with the same seed see the same arrivals. */
    private static final class Month {
        private static final double CAPACITY_BYTES = (HOSTS / 3 * 512.0 + (HOSTS - HOSTS / 3) * 256.0) * GIB;

        private final Placer placer;
        private final PlacementGoal goal;
        private final Random random;
        private final double part;
        private final PriorityQueue<Leaving> leaving = new PriorityQueue<>(Comparator.comparingDouble(Leaving::day));
        private final Timings times = new Timings();
        private double committed;
        private int running;
        private int refused;
        private int refusedInMonth;
        private double firstRefusalPacked = 100;

        Month(Placer placer, PlacementGoal goal, long seed, double part) {
            this.placer = placer;
            this.goal = goal;
            this.random = new Random(seed);
            this.part = part;
        }

        void live() {
            double bytesMean = meanBytes();
            double perDay = FULL * CAPACITY_BYTES / bytesMean / LIFE_DAYS;
            double day = 0;
            while (day < DAYS * part) {
                day -= Math.log(1 - random.nextDouble()) / perDay;
                while (!leaving.isEmpty() && leaving.peek().day() < day) {
                    leave(leaving.remove());
                }
                arrive(day - LIFE_DAYS * Math.log(1 - random.nextDouble()));
            }
            refusedInMonth = refused;
        }

        /** Arrivals only, until a good many found no host. */
        void fill() {
            refused = 0;
            while (refused < REFUSALS) {
                arrive(Double.MAX_VALUE);
            }
        }

        private void arrive(double until) {
            Arrival arrival = draw();
            long since = System.nanoTime();
            Optional<HostId> host = placer.place(arrival);
            host.ifPresent(chosen -> placer.add(chosen, arrival.footprint()));
            times.add((System.nanoTime() - since) / 1e6);
            if (host.isPresent()) {
                running++;
                committed += arrival.footprint().memoryCommittedBytes();
                leaving.add(new Leaving(until, host.get(), arrival.footprint()));
            } else {
                refused++;
                firstRefusalPacked = Math.min(firstRefusalPacked, packed());
            }
        }

        private void leave(Leaving gone) {
            placer.remove(gone.host(), gone.footprint());
            running--;
            committed -= gone.footprint().memoryCommittedBytes();
        }

        private Arrival draw() {
            int[] size = SIZES[Math.min(SIZES.length - 1, (int) (SIZES.length * Math.pow(random.nextDouble(), 2)))];
            long memory = size[1] * GIB;
            double busy = random.nextDouble();
            return new Arrival(
                    new HostNeeds(size[0], List.of(), List.of(NetworkId.of(1)), List.of()),
                    new Footprint(
                            busy * size[0] * CPU_MHZ / 2, memory * 0.6, memory, (long) (size[0] * CPU_MHZ * 0.25)),
                    Map.of(),
                    goal);
        }

        private static double meanBytes() {
            Random sample = new Random(7);
            double sum = 0;
            int count = 20_000;
            for (int i = 0; i < count; i++) {
                sum += SIZES[Math.min(SIZES.length - 1, (int) (SIZES.length * Math.pow(sample.nextDouble(), 2)))][1]
                        * (double) GIB;
            }
            return sum / count;
        }

        double perSecond() {
            return times.count() / (times.sum() / 1000);
        }

        /** Memory that is given out, in percent. */
        double packed() {
            return 100 * committed / CAPACITY_BYTES;
        }
    }

    /** Best fit by one scan: the host that has least memory left over. */
    private static final class BestFit implements Placer {
        private static final class Room {
            private final HostId id;
            private long memory;
            private long cpu;

            Room(DrsHost host) {
                this.id = host.id();
                this.memory = host.memoryBytes();
                this.cpu = host.cpuMhz();
            }
        }

        private final List<Room> rooms;
        private final Map<HostId, Room> byId;

        BestFit(List<DrsHost> hosts) {
            rooms = hosts.stream().map(Room::new).toList();
            byId = rooms.stream().collect(Collectors.toMap(room -> room.id, room -> room));
        }

        @Override
        public Optional<HostId> place(Arrival arrival) {
            Footprint footprint = arrival.footprint();
            Room best = null;
            for (Room room : rooms) {
                if (room.memory >= footprint.memoryCommittedBytes()
                        && room.cpu >= footprint.cpuReservedMhz()
                        && (best == null || room.memory < best.memory)) {
                    best = room;
                }
            }
            return best == null ? Optional.empty() : Optional.of(best.id);
        }

        @Override
        public void add(HostId host, Footprint footprint) {
            Room room = room(host);
            room.memory -= footprint.memoryCommittedBytes();
            room.cpu -= footprint.cpuReservedMhz();
        }

        @Override
        public void remove(HostId host, Footprint footprint) {
            Room room = room(host);
            room.memory += footprint.memoryCommittedBytes();
            room.cpu += footprint.cpuReservedMhz();
        }

        private Room room(HostId host) {
            Room room = byId.get(host);
            if (room == null) {
                throw new IllegalArgumentException("not of this fleet: " + host);
            }
            return room;
        }
    }
}
