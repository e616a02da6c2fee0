package dev.sternpost.bench;

/** The size of a generated cluster. */
record ClusterShape(int hosts, int vms, int rules, int pools, double reserved) {
    /** The largest cluster that is promised to be planned in time. */
    static final ClusterShape LARGE = new ClusterShape(96, 10_000, 200, 50, 0.1);

    /** What hbal plans in some seconds. It knows no pools, reservations of CPU or rules of this kind, so there are none. */
    static final ClusterShape MEDIUM = new ClusterShape(32, 1_000, 0, 1, 0);

    /** Small enough for a bound that is nearly the optimum. */
    static final ClusterShape SMALL = new ClusterShape(8, 60, 0, 1, 0);
}
