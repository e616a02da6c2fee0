package dev.sternpost.server.power;

import dev.sternpost.inventory.power.PowerStore;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.availability.HaLink;
import dev.sternpost.server.drs.Balancing;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.maintenance.Maintenance;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.server.powercontrol.ConfiguredControls;
import dev.sternpost.server.powercontrol.PowerControls;
import dev.sternpost.server.powercontrol.SecretBox;
import dev.sternpost.server.work.Tasks;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts power management together. */
@Configuration(proxyBeanMethods = false)
public class PowerConfiguration {
    @Bean
    PowerControls powerControls(Inventory inventory, HostCommands commands, SecretBox secrets, PowerSettings settings) {
        MagicPackets packets = new MagicPackets(inventory, commands);
        return new ConfiguredControls(secrets, settings.command(), settings.fenceIpmilan(), packets::segmentOf);
    }

    /** Calls to power controls are few, and each ends within a minute. */
    @Bean(destroyMethod = "shutdownNow")
    ExecutorService powerThreads() {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("power-", 0).factory());
    }

    @Bean
    PowerManagement powerManagement(
            Inventory inventory,
            PowerStore store,
            PowerControls controls,
            ExecutorService powerThreads,
            HaLink availability) {
        return new PowerManagement(inventory, store, controls, powerThreads, availability);
    }

    @Bean
    PowerManagement.Running runningPower(
            PowerManagement power,
            SecretBox secrets,
            Maintenance maintenance,
            Balancing balancing,
            Placements placements,
            Tasks tasks,
            InstantSource clock) {
        return power.run(secrets, maintenance, balancing.input(), placements, tasks, clock);
    }
}
