package dev.sternpost.ha.admission;

import dev.sternpost.inventory.HostId;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** What must stay free for a failover. */
public sealed interface AdmissionPolicy {
    /** Nothing is kept free. */
    record Off() implements AdmissionPolicy {}

    /** Any so many hosts may fail together, and all they ran starts elsewhere. */
    record HostFailures(int tolerated) implements AdmissionPolicy {
        public HostFailures {
            if (tolerated < 1) {
                throw new IllegalArgumentException("tolerates " + tolerated + " failures");
            }
        }
    }

    /** So much of all memory and CPU is not given away. */
    record Percentage(int memoryPercent, int cpuPercent) implements AdmissionPolicy {
        public Percentage {
            if (memoryPercent < 0 || memoryPercent > 100 || cpuPercent < 0 || cpuPercent > 100) {
                throw new IllegalArgumentException("not a percentage");
            }
        }
    }

    /** These hosts run nothing, and hold what any other host ran if it fails. */
    record DedicatedHosts(SortedSet<HostId> hosts) implements AdmissionPolicy {
        public DedicatedHosts {
            hosts = Collections.unmodifiableSortedSet(new TreeSet<>(hosts));
        }
    }
}
