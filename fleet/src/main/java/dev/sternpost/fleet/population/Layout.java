package dev.sternpost.fleet.population;

import dev.sternpost.fleet.host.HostShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Which hosts and virtual machines a fleet has, and how they are called.
 *
 * @param hosts how many
 * @param vmsPerHost how many virtual machines on each to begin with
 * @param hostsPerCluster how many make a cluster
 * @param datastoresPerCluster datastores that all hosts of a cluster share
 * @param seed what sizes and demand are drawn by
 */
public record Layout(int hosts, int vmsPerHost, int hostsPerCluster, int datastoresPerCluster, long seed) {
    private static final int HOSTS_MAX = 10_000;
    private static final int VMS_PER_HOST_MAX = 500;
    private static final int DATASTORES_MAX = 64;
    private static final int[] CPUS = {1, 2, 2, 4, 4, 8};
    private static final int[] MEMORY_GIB_PER_CPU = {1, 2, 2, 4};
    /** One in nine is off. */
    private static final int OFF_EVERY = 9;

    public Layout {
        check("hosts", hosts, 1, HOSTS_MAX);
        check("vms-per-host", vmsPerHost, 0, VMS_PER_HOST_MAX);
        check("hosts-per-cluster", hostsPerCluster, 1, HOSTS_MAX);
        check("datastores-per-cluster", datastoresPerCluster, 1, DATASTORES_MAX);
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("%s is %d to %d, not %d".formatted(name, min, max, value));
        }
    }

    int clusters() {
        return (hosts + hostsPerCluster - 1) / hostsPerCluster;
    }

    /** The cluster of a host, both counted from 0. */
    int clusterOf(int host) {
        return host / hostsPerCluster;
    }

    String clusterName(int cluster) {
        return "sim-cluster-%02d".formatted(cluster + 1);
    }

    /** Name of a host, counted from 0. */
    public String hostName(int host) {
        return "sim-%04d".formatted(host + 1);
    }

    /** Shape of a host. */
    public HostShape shapeOf(int host) {
        List<String> datastores = new ArrayList<>();
        for (int i = 1; i <= datastoresPerCluster; i++) {
            datastores.add("%s-ds-%02d".formatted(clusterName(clusterOf(host)), i));
        }
        return HostShape.usual(datastores);
    }

    String vmName(int host, int vm) {
        return "vm-%04d-%02d".formatted(host + 1, vm + 1).toLowerCase(Locale.ROOT);
    }

    String datastoreOf(int host, int vm) {
        List<String> datastores = shapeOf(host).datastores();
        return datastores.get((host + vm) % datastores.size());
    }

    /** What a virtual machine is to be. */
    record VmSize(int cpuCount, long memoryBytes, boolean on) {}

    VmSize sizeOf(int host, int vm) {
        long number = (long) host * VMS_PER_HOST_MAX + vm;
        SplittableRandom lot = new SplittableRandom(seed * 0x9e3779b97f4a7c15L ^ number);
        int cpus = CPUS[lot.nextInt(CPUS.length)];
        long gib = (long) cpus * MEMORY_GIB_PER_CPU[lot.nextInt(MEMORY_GIB_PER_CPU.length)];
        return new VmSize(cpus, gib << 30, (host * vmsPerHost + vm) % OFF_EVERY != OFF_EVERY - 1);
    }
}
