package dev.sternpost.server.maintenance;

import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.drs.Balancing;
import dev.sternpost.server.migration.Migrations;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.server.work.Tasks;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts maintenance together. */
@Configuration(proxyBeanMethods = false)
public class MaintenanceConfiguration {
    @Bean
    HostMaintenance hostMaintenance(Inventory inventory, Placements placements, InstantSource clock) {
        return new HostMaintenance(inventory, placements, clock);
    }

    @Bean
    HostMaintenance.Running runningMaintenance(
            HostMaintenance maintenance, Balancing balancing, TaskBoard board, Tasks tasks, Migrations migrations) {
        return maintenance.run(balancing.input(), new HostMaintenance.Work(board, tasks, migrations));
    }

    @Bean
    Maintenance maintenance(HostMaintenance.Running running) {
        return running.face();
    }
}
