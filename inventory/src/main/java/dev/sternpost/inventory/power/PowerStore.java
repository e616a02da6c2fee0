package dev.sternpost.inventory.power;

import dev.sternpost.inventory.ClusterId;
import dev.sternpost.inventory.HostId;
import java.util.List;

/**
 * Keeps how power is managed, one record for each cluster and host that was ever set up. Records of what is gone from the inventory
 * are removed by the server's loop of power management.
 */
public interface PowerStore {
    /** Of every cluster that was set up, in no particular order. */
    List<ClusterPower> clusters();

    /** Of every host that was set up, in no particular order. */
    List<HostPowerSetup> hosts();

    /** Stores it in place of what there was. */
    void put(ClusterPower power);

    /** Stores it in place of what there was. */
    void put(HostPowerSetup setup);

    void remove(ClusterId id);

    void remove(HostId id);
}
