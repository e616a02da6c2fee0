package dev.sternpost.ha.restart;

import dev.sternpost.ha.policy.ProtectedVm;
import dev.sternpost.inventory.HostId;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Chooses hosts for virtual machines that are to be started. Given from outside: high availability does not know what makes a good place. */
@FunctionalInterface
public interface RestartPlacement {
    /**
     * One answer for each request, in the same order; each counts on those before it.
     *
     * @param fleet the hosts that can be used, and what is on them
     */
    List<Choice> place(List<Request> requests, Fleet fleet);

    /**
     * Whether what was chosen earlier can still be done: no host of it is gone, full or to be avoided.
     *
     * @param chosen a host for each request, in the same order
     */
    default boolean stands(List<Request> requests, List<HostId> chosen, Fleet fleet) {
        SortedMap<HostId, Fleet.Room> free = fleet.room();
        for (int i = 0; i < chosen.size(); i++) {
            Request request = requests.get(i);
            HostId host = chosen.get(i);
            Fleet.Room room = free.get(host);
            if (room == null || !room.holds(request.vm()) || request.avoided().contains(host)) {
                return false;
            }
            free.put(host, room.less(request.vm()));
        }
        return true;
    }

    /**
     * What needs a host.
     *
     * @param avoided hosts that failed with it lately: only when nothing else will do
     */
    record Request(ProtectedVm vm, SortedSet<HostId> avoided) {
        public Request {
            Objects.requireNonNull(vm, "vm");
            avoided = Collections.unmodifiableSortedSet(new TreeSet<>(avoided));
        }
    }

    /** A host, or why none. */
    sealed interface Choice {
        /** This host. */
        record On(HostId hostId) implements Choice {}

        /** No host, with the reason as a sentence. */
        record Nowhere(String reason) implements Choice {}
    }
}
