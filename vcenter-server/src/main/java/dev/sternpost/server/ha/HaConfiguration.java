package dev.sternpost.server.ha;

import dev.sternpost.inventory.availability.ToldVersionStore;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.availability.HaLink;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.power.PowerManagement;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.server.work.Tasks;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts high availability together. */
@Configuration(proxyBeanMethods = false)
public class HaConfiguration {
    @Bean
    HaLink haLink() {
        return new HaLink();
    }

    @Bean
    HaManagement haManagement(Inventory inventory, ToldVersionStore store, HaLink link, InstantSource clock) {
        return new HaManagement(inventory, store, link, clock);
    }

    @Bean
    HaManagement.Running runningHa(
            HaManagement ha,
            Tasks tasks,
            Placements placements,
            Reservations reservations,
            PowerManagement.Running power) {
        return ha.run(tasks, placements, reservations, power.fencing()::fence);
    }
}
