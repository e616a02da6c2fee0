package dev.sternpost.sim.ha;

import dev.sternpost.ha.policy.IsolationResponse;
import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.port.Happening;
import dev.sternpost.sim.kernel.InvariantBrokenException;
import dev.sternpost.testkit.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A story that is drawn from its seed: some minutes in which things fail, then everything is mended, then a minute in which the cluster must
 * come to rest.
 */
public final class DrawnStory {
    private static final int TROUBLE_FROM = HaStory.WARM_UP_SECONDS;
    private static final int TROUBLE_UNTIL = 240;

    /** Faults are mended then, and all is well after that. */
    private static final int SETTLED_AT = TROUBLE_UNTIL + 60;

    /** Draws the server's orders apart from the rest, so that a seed has the same trouble with other orders. */
    private static final long ORDERS = 0x6f7264657273L;

    private static final int ORDERS_MAX = 8;

    /** Draws whether there is an isolation address, apart from the rest too. */
    private static final long ADDRESSES = 0x61646472657373L;

    /** Draws what administrators do, and what goes on for the whole story, apart from the rest too. */
    private static final long ADMINISTRATION = 0x61646d696eL;

    /** What kind of trouble. */
    public enum Kind {
        /** Pauses to 5 s, 5 % loss, 200 ms jitter, slow storage, clocks that drift: nothing may be stopped or restarted. */
        WITHIN_BOUNDS,
        /** Everything, but every machine has a watchdog; image locks are off, so that the leases must do alone. */
        LEASES_ALONE,
        /** Everything, machines without a watchdog and frozen ones that wake up among them; image locks are on. */
        ALL_FENCES,
        /** Like LEASES_ALONE on more and smaller hosts. */
        CROWDED,
        /** A machine without a watchdog freezes, perhaps just when it is to start what another one left, and wakes up when that is over. */
        AMBUSH;

        static Kind of(long seed) {
            return values()[(int) Math.floorMod(seed, values().length)];
        }
    }

    private final long seed;
    private final Kind kind;
    private final Generator random;
    private final int hosts;
    private final List<String> datacenter = new ArrayList<>();
    private final List<String> script = new ArrayList<>();
    private final TreeMap<Integer, List<String>> events = new TreeMap<>();
    private final boolean[] watchdog;
    private int vms;

    /** Draws the story of a seed. */
    public DrawnStory(long seed) {
        this.seed = seed;
        this.kind = Kind.of(seed);
        this.random = new Generator(seed);
        this.hosts = kind == Kind.CROWDED ? random.between(4, 7) : random.between(kind == Kind.AMBUSH ? 3 : 2, 5);
        this.watchdog = new boolean[hosts + 1];
        switch (kind) {
            case WITHIN_BOUNDS -> {
                drawDatacenter();
                drawSmallTrouble();
            }
            case LEASES_ALONE, ALL_FENCES, CROWDED -> {
                drawDatacenter();
                drawTrouble();
            }
            case AMBUSH -> drawAmbush();
        }
        // A machine that freezes without watchdog and wakes must have run nothing where images are not locked.
        if (kind != Kind.AMBUSH || !datacenter.contains("no image locks")) {
            drawOrders(new Generator(seed ^ ORDERS));
        }
        // No isolation address, as clusters have it unless they are given one.
        if (new Generator(seed ^ ADDRESSES).chance(0.5)) {
            for (int host = 1; host <= hosts; host++) {
                add(1, "cut " + host + " 0");
            }
        }
        if (kind != Kind.AMBUSH) {
            drawAdministration(new Generator(seed ^ ADMINISTRATION));
        }
        events.forEach((second, lines) -> lines.forEach(line -> script.add(at(second) + " " + line)));
        if (kind != Kind.WITHIN_BOUNDS) {
            script.add(at(TROUBLE_UNTIL) + " heal");
        }
        script.add(at(SETTLED_AT) + " settled");
    }

    public Kind kind() {
        return kind;
    }

    /** How many hosts there are for how long, in hours. */
    public double hostHours() {
        return hosts * SETTLED_AT / 3_600.0;
    }

    /** What there is, as {@link HaStory} has it. */
    public List<String> datacenter() {
        return List.copyOf(datacenter);
    }

    /** What happens, as {@link HaStory} has it. */
    public List<String> script() {
        return List.copyOf(script);
    }

    /** How a story ended. */
    public record Ending(Optional<String> violation, String hash, String told) {}

    /** Plays it. */
    public Ending play(Defect defect) {
        HaStory story = new HaStory(seed, datacenter, defect);
        Optional<String> violation = Optional.empty();
        try {
            story.run(script);
            List<String> unsettled = story.unsettled();
            if (!unsettled.isEmpty()) {
                violation = Optional.of("not settled a minute after everything was mended: " + unsettled);
            } else if (kind == Kind.WITHIN_BOUNDS) {
                violation = falseAlarm(story);
            }
        } catch (InvariantBrokenException e) {
            violation = Optional.of(String.valueOf(e.getMessage()));
        }
        return new Ending(violation, story.hash(), story.told());
    }

    private Optional<String> falseAlarm(HaStory story) {
        int fenced = story.count(Happening.Kind.FENCED);
        int failed = story.count(Happening.Kind.VM_STOPPED);
        int wanted = story.count(Happening.Kind.RESTART_WANTED);
        return fenced > 0 || failed > 0 || wanted > 0
                ? Optional.of("false alarm: %d hosts stopped, %d virtual machines, %d to be started again"
                        .formatted(fenced, failed, wanted))
                : Optional.empty();
    }

    private static String at(int second) {
        return second / 60 + ":" + second % 60;
    }

    private void drawDatacenter() {
        int memory = kind == Kind.CROWDED ? 8 : 16;
        for (int host = 1; host <= hosts; host++) {
            watchdog[host] = kind != Kind.ALL_FENCES || random.chance(0.5);
            datacenter.add("host " + host + " " + memory + (watchdog[host] ? "" : " no watchdog"));
        }
        if (kind == Kind.LEASES_ALONE || kind == Kind.CROWDED) {
            datacenter.add("no image locks");
        }
        for (int host = 1; host <= hosts; host++) {
            int left = memory - random.between(1, memory / 2);
            while (left > 0) {
                int size = Math.min(left, random.between(1, 4));
                left -= size;
                datacenter.add(drawVm(host, size));
            }
        }
    }

    private String drawVm(int host, int size) {
        RestartPriority priority = random.pick(RestartPriority.class);
        StringBuilder line = new StringBuilder("vm %d %d %d %s isolation %s"
                .formatted(++vms, host, size, priority, random.pick(IsolationResponse.class)));
        // Of one priority only, or the others would rightly wait longer than the minute they have.
        if (priority == RestartPriority.HIGHEST && random.chance(0.5)) {
            line.append(random.chance(0.5) ? " ready GUEST_HEARTBEAT " : " ready POWERED_ON ")
                    .append(random.between(0, 5));
        }
        if (vms > 1 && random.chance(0.2)) {
            line.append(" after ").append(random.between(1, vms - 1));
        }
        return line.toString();
    }

    private void add(int second, String event) {
        events.computeIfAbsent(Math.min(second, TROUBLE_UNTIL - 1), key -> new ArrayList<>())
                .add(event);
    }

    private void drawSmallTrouble() {
        add(1, "noise 5 2 200");
        add(1, "slow 300 20");
        for (int host = 1; host <= hosts; host++) {
            add(1, "drift " + host + " " + random.between(-4_000, 4_000));
        }
        for (int second = TROUBLE_FROM; second < TROUBLE_UNTIL; second += random.between(12, 30)) {
            int host = random.between(1, hosts);
            int length = random.between(1, 5);
            add(
                    second,
                    switch (random.between(0, 7)) {
                        case 0 -> "freeze " + host + " " + length;
                        case 1 -> "pause agent " + host + " " + length;
                        case 2 -> "pause guard " + host + " " + length;
                        case 3 -> "kill agent " + host;
                        case 4 -> "kill guard " + host;
                        case 5 -> "stall " + Math.min(4, length);
                        case 6 -> "jump " + host + " " + random.between(-100_000, 100_000);
                        default -> "pause agent " + host + " " + length;
                    });
        }
    }

    private void drawTrouble() {
        if (random.chance(0.5)) {
            add(1, "noise %d %d %d".formatted(random.between(0, 20), random.between(0, 10), random.between(5, 400)));
        }
        if (random.chance(0.5)) {
            add(1, "slow " + random.between(20, 600) + " " + random.between(0, 30));
        }
        for (int host = 1; host <= hosts; host++) {
            add(1, "drift " + host + " " + random.between(-5_000, 5_000));
        }
        int count = random.between(1, 12);
        for (int i = 0; i < count; i++) {
            int second = random.between(TROUBLE_FROM, TROUBLE_UNTIL - 1);
            drawFault(second, random.between(1, hosts), random.between(1, 60));
        }
    }

    /** What executes when it wakes up is kept from its disks by the image locks; what is only being made, by the lease alone. */
    private void drawAmbush() {
        boolean empty = random.chance(0.5);
        int victim = random.between(2, hosts);
        for (int host = 1; host <= hosts; host++) {
            watchdog[host] = host != victim;
            datacenter.add("host " + host + " 32" + (host == victim ? " no watchdog" : ""));
        }
        if (empty) {
            datacenter.add("no image locks");
        }
        for (int host = 1; host <= hosts; host++) {
            for (int i = 0; i < (host == victim && empty ? 0 : 3); i++) {
                datacenter.add(drawVm(host, random.between(1, 4)));
            }
        }
        int dead = victim == 1 + victim % hosts ? 1 : 1 + victim % hosts;
        int second = random.between(TROUBLE_FROM, 2 * TROUBLE_FROM);
        int length = random.between(13, 50);
        add(second, "crash " + dead);
        if (empty) {
            add(second, "ambush " + victim + " " + length);
        } else {
            add(second + random.between(0, 20), "freeze " + victim + " " + length);
        }
        add(second + random.between(30, 80), "boot " + dead);
    }

    /** Live migrations, and virtual machines that are switched off and on again. */
    private void drawOrders(Generator orders) {
        int count = orders.between(0, ORDERS_MAX);
        for (int i = 0; i < count; i++) {
            int second = orders.between(TROUBLE_FROM - 20, TROUBLE_UNTIL - 1);
            int vm = orders.between(1, vms);
            if (orders.chance(0.8)) {
                add(second, "move " + vm + " " + orders.between(1, hosts));
            } else {
                add(second, "vm " + vm + " off");
                add(second + orders.between(5, 40), "vm " + vm + " on " + orders.between(1, hosts));
            }
        }
    }

    /** What the server wants of the cluster changes, it does not reach a host, starts take long, and a member gives numbers that cannot be. */
    private void drawAdministration(Generator admin) {
        // What an agent that is killed was starting or suspending is rightly started again, and looks like a false
        // alarm.
        boolean small = kind == Kind.WITHIN_BOUNDS;
        if (!small && admin.chance(0.3)) {
            add(1, "starts " + admin.between(2, 40));
        }
        if (admin.chance(0.3)) {
            during(admin, "disarm", "arm");
        }
        if (admin.chance(0.15)) {
            during(admin, "disable", "enable");
        }
        if (admin.chance(0.25)) {
            int host = admin.between(1, hosts);
            during(admin, "leave " + host, "join " + host);
        }
        if (admin.chance(0.25)) {
            int host = admin.between(1, hosts);
            during(admin, "server " + host + " cut", "server " + host + " whole");
        }
        if (!small && admin.chance(0.3)) {
            int vm = admin.between(1, vms);
            during(
                    admin,
                    "vm " + vm + " suspended " + admin.between(1, 8),
                    "vm " + vm + " on " + admin.between(1, hosts));
        }
        if (!small && admin.chance(0.2)) {
            int host = admin.between(1, hosts);
            during(admin, "numbers " + host, "honest " + host);
        }
    }

    private void during(Generator admin, String begin, String end) {
        int second = admin.between(TROUBLE_FROM, TROUBLE_UNTIL - 2);
        add(second, begin);
        add(second + admin.between(1, 60), end);
    }

    private void drawFault(int second, int host, int wanted) {
        int length = Math.min(wanted, TROUBLE_UNTIL - second);
        int other = 1 + host % hosts;
        switch (random.between(0, 15)) {
            case 0, 1 -> {
                add(second, "crash " + host);
                add(second + length, "boot " + host);
            }
            case 2 -> add(second, "freeze " + host + " " + length);
            case 3 -> add(second, "pause agent " + host + " " + length);
            case 4 -> add(second, "pause guard " + host + " " + length);
            case 5 -> add(second, "kill agent " + host);
            case 6 -> add(second, "kill guard " + host);
            case 7 -> {
                add(second, "cut " + host);
                add(second + length, "mend");
            }
            case 8 -> {
                add(second, "cut " + host + " " + other);
                add(second + length, "mend");
            }
            case 9 -> {
                add(second, "split " + host + "," + other);
                add(second + length, "mend");
            }
            case 10, 11 -> {
                // Frozen without a watchdog and without the datastore is more than the fences promise to bear.
                if (watchdog[host]) {
                    add(second, "path " + host + " cut");
                    add(second + length, "path " + host + " whole");
                }
            }
            case 12 -> add(second, "stall " + Math.min(length, 30));
            case 13 -> add(second, "torn " + host);
            case 14 -> add(second, "vm " + random.between(1, vms) + (random.chance(0.5) ? " crashes" : " shuts down"));
            default -> add(second, "lie " + host);
        }
    }
}
