package dev.sternpost.failover;

import dev.sternpost.drs.placement.BatchPlanner;
import dev.sternpost.drs.placement.FoundHosts;
import dev.sternpost.drs.rule.Rule;
import dev.sternpost.drs.snapshot.DrsPolicy;
import dev.sternpost.ha.policy.RestartPriority;
import dev.sternpost.ha.restart.Fleet;
import dev.sternpost.ha.restart.MostRoom;
import dev.sternpost.ha.restart.RestartPlacement;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Places restarts by the planner of load balancing: where each does least harm, priority by priority, under the rules that must be kept. Where
 * that leaves somebody out, it is tried with the large ones first whatever their priority, then by room alone; what places most is taken, and the
 * earlier one when it is all the same. No plan breaks a rule that must be kept or fills a host beyond its memory.
 */
public final class PlannedRestarts implements RestartPlacement {
    private static final DrsPolicy POLICY = DrsPolicy.standard();
    private static final RestartPlacement BY_ROOM = new MostRoom();

    private final Supplier<List<Rule>> given;

    /** @param rules of the cluster; those that are off or only should be kept do not count */
    public PlannedRestarts(List<Rule> rules) {
        this(() -> rules);
    }

    /** With rules that change. */
    public PlannedRestarts(Supplier<List<Rule>> rules) {
        this.given = Objects.requireNonNull(rules, "rules");
    }

    private List<Rule> rules() {
        return given.get().stream()
                .filter(rule -> rule.enabled() && rule.mandatory())
                .toList();
    }

    @Override
    public List<Choice> place(List<Request> requests, Fleet fleet) {
        if (requests.isEmpty() || fleet.usable().isEmpty()) {
            return requests.stream()
                    .<Choice>map(request -> new Choice.Nowhere("no host can be used"))
                    .toList();
        }
        Standing standing = Standing.of(requests, fleet, rules());
        List<Choice> best = planned(requests, fleet, standing, byPriority(requests));
        if (placed(best) < requests.size()) {
            best = better(best, planned(requests, fleet, standing, List.of(ids(requests))));
        }
        if (placed(best) < requests.size()) {
            best = better(best, checked(requests, fleet, standing, BY_ROOM.place(requests, fleet)));
        }
        return best;
    }

    @Override
    public boolean stands(List<Request> requests, List<HostId> chosen, Fleet fleet) {
        RuleBook book = new RuleBook(rules(), fleet);
        for (int i = 0; i < chosen.size(); i++) {
            VirtualMachineId vm = requests.get(i).vm().vmId();
            if (book.broken(vm, chosen.get(i)).isPresent()) {
                return false;
            }
            book.choose(vm, chosen.get(i));
        }
        return RestartPlacement.super.stands(requests, chosen, fleet);
    }

    private static List<Choice> better(List<Choice> one, List<Choice> other) {
        return placed(other) > placed(one) ? other : one;
    }

    private static long placed(List<Choice> choices) {
        return choices.stream().filter(Choice.On.class::isInstance).count();
    }

    private static List<VirtualMachineId> ids(List<Request> requests) {
        return requests.stream().map(request -> request.vm().vmId()).toList();
    }

    /** Those that follow each other with the same priority choose together. */
    private static List<List<VirtualMachineId>> byPriority(List<Request> requests) {
        List<List<VirtualMachineId>> waves = new ArrayList<>();
        RestartPriority last = null;
        for (Request request : requests) {
            if (request.vm().priority() != last) {
                waves.add(new ArrayList<>());
                last = request.vm().priority();
            }
            waves.getLast().add(request.vm().vmId());
        }
        return waves;
    }

    private List<Choice> planned(
            List<Request> requests, Fleet fleet, Standing standing, List<List<VirtualMachineId>> waves) {
        FoundHosts found = BatchPlanner.hosts(standing.snapshot(), POLICY, waves);
        List<Choice> choices = new ArrayList<>();
        for (Request request : requests) {
            VirtualMachineId vm = request.vm().vmId();
            HostId host = found.hosts().get(vm);
            choices.add(
                    host != null
                            ? new Choice.On(host)
                            : new Choice.Nowhere(found.reasons().getOrDefault(vm, "the planner found no host")));
        }
        return checked(requests, fleet, standing, choices);
    }

    /** Nobody's word is taken for it. */
    private List<Choice> checked(List<Request> requests, Fleet fleet, Standing standing, List<Choice> choices) {
        RuleBook book = new RuleBook(rules(), fleet);
        TreeMap<HostId, Fleet.Room> free = new TreeMap<>(standing.room());
        List<Choice> checked = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            Request request = requests.get(i);
            Choice choice = choices.get(i);
            if (choice instanceof Choice.On on) {
                VirtualMachineId vm = request.vm().vmId();
                Optional<String> broken = book.broken(vm, on.hostId());
                Fleet.@Nullable Room room = free.get(on.hostId());
                if (broken.isPresent()) {
                    choice = new Choice.Nowhere("the rule \"%s\" leaves no host".formatted(broken.get()));
                } else if (room == null || !room.holds(request.vm())) {
                    choice = new Choice.Nowhere("no host has %d MiB and %d MHz left"
                            .formatted(
                                    request.vm().memoryBytes() >> 20,
                                    request.vm().cpuMhz()));
                } else {
                    free.put(on.hostId(), room.less(request.vm()));
                    book.choose(vm, on.hostId());
                }
            }
            checked.add(choice);
        }
        return checked;
    }
}
