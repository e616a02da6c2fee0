package dev.sternpost.server.drs;

import dev.sternpost.inventory.pass.PassStore;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.migration.Migrations;
import dev.sternpost.server.placement.ClusterInput;
import dev.sternpost.server.work.TaskBoard;
import dev.sternpost.server.work.Tasks;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts load balancing together. */
@Configuration(proxyBeanMethods = false)
public class DrsConfiguration {
    @Bean
    Balancing balancing(
            Inventory inventory,
            ClusterInput input,
            TaskBoard board,
            Tasks tasks,
            Migrations migrations,
            PassStore store,
            InstantSource clock) {
        return Balancing.of(inventory, input, new Balancing.Work(board, tasks, migrations), store, clock);
    }

    @Bean
    LoadBalancing loadBalancing(Balancing balancing) {
        return balancing.face();
    }

    @Bean
    DrsLoop drsLoop(Balancing balancing) {
        return balancing.loop();
    }
}
