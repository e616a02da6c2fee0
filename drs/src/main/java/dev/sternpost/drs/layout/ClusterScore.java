package dev.sternpost.drs.layout;

/** How well a cluster is off, from what its hosts carry. */
public final class ClusterScore {
    private ClusterScore() {}

    /** The loss of all hosts together, in average hosts. */
    public static double loss(HostTable hosts) {
        double loss = 0;
        for (int host = 0; host < hosts.count(); host++) {
            loss += hosts.loss(host);
        }
        return loss;
    }

    /**
     * From 0 to 100: the part of what all VMs should get that is not lost to sharing. It rises exactly when the loss falls, but for a cluster so short of everything that it is 0.
     */
    public static double of(HostTable hosts) {
        double load = 0;
        for (int host = 0; host < hosts.count(); host++) {
            load += hosts.cpuLoad(host) / hosts.cpuMean() + hosts.memoryLoad(host) / hosts.memoryMean();
        }
        return load <= 0 ? 100 : 100 * Math.max(0, 1 - loss(hosts) / load);
    }

    /** Standard deviation of the use of CPU over the hosts that count, as a part of their capacity. */
    public static double cpuDeviation(ClusterLayout layout) {
        return deviation(layout, true);
    }

    /** Standard deviation of the use of memory over the hosts that count, as a part of their capacity. */
    public static double memoryDeviation(ClusterLayout layout) {
        return deviation(layout, false);
    }

    private static double deviation(ClusterLayout layout, boolean ofCpu) {
        HostTable hosts = layout.hosts();
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int host = 0; host < hosts.count(); host++) {
            if (layout.host(host).condition().counts()) {
                double use = ofCpu ? hosts.cpuUse(host) : hosts.memoryUse(host);
                sum += use;
                squares += use * use;
                count++;
            }
        }
        return count == 0 ? 0 : Math.sqrt(Math.max(0, squares / count - (sum / count) * (sum / count)));
    }
}
