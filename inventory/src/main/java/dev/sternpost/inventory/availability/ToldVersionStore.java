package dev.sternpost.inventory.availability;

import dev.sternpost.inventory.ClusterId;
import java.util.List;

/**
 * Keeps which configuration the hosts of each cluster were told last, one record for each cluster that ever had high availability. Records of
 * clusters that are gone are removed by the server's loop of high availability.
 */
public interface ToldVersionStore {
    /** In no particular order. */
    List<ToldVersion> all();

    /** Stores it in place of what there was. */
    void put(ToldVersion told);

    void remove(ClusterId id);
}
