package dev.sternpost.server;

import dev.sternpost.db.DbConfiguration;
import dev.sternpost.inventory.availability.InMemoryToldVersionStore;
import dev.sternpost.inventory.availability.ToldVersionStore;
import dev.sternpost.inventory.demand.DemandStore;
import dev.sternpost.inventory.demand.InMemoryDemandStore;
import dev.sternpost.inventory.pass.InMemoryPassStore;
import dev.sternpost.inventory.pass.PassStore;
import dev.sternpost.inventory.power.InMemoryPowerStore;
import dev.sternpost.inventory.power.PowerStore;
import dev.sternpost.inventory.store.InMemoryInventoryStore;
import dev.sternpost.inventory.store.InMemoryTransactions;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryStore;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.server.agentlink.AgentLinkServer;
import dev.sternpost.server.api.ApiServer;
import dev.sternpost.server.certificate.CertificateAuthority;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.InMemoryIdentityStore;
import dev.sternpost.task.InMemoryTaskStore;
import dev.sternpost.task.TaskStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The whole server in this process, on free ports of the loopback, with its stores in memory. */
public final class TestServer implements AutoCloseable {
    /** Stores that forget. */
    @Configuration(proxyBeanMethods = false)
    static class MemoryStores {
        @Bean
        InMemoryTransactions transactions() {
            return new InMemoryTransactions();
        }

        @Bean
        InventoryStore inventoryStore(InMemoryTransactions transactions, InstantSource time) {
            return new InMemoryInventoryStore(transactions, time);
        }

        @Bean
        PassStore passStore() {
            return new InMemoryPassStore();
        }

        @Bean
        DemandStore demandStore() {
            return new InMemoryDemandStore();
        }

        @Bean
        PowerStore powerStore() {
            return new InMemoryPowerStore();
        }

        @Bean
        ToldVersionStore toldVersionStore() {
            return new InMemoryToldVersionStore();
        }

        @Bean
        IdentityStore identityStore() {
            return new InMemoryIdentityStore();
        }

        @Bean
        TaskStore taskStore(InstantSource time) {
            return new InMemoryTaskStore(time);
        }
    }

    private final ConfigurableApplicationContext context;
    private final Path home;

    private TestServer(ConfigurableApplicationContext context, Path home) {
        this.context = context;
        this.home = home;
    }

    /** Starts a server whose keys lie in a directory. */
    public static TestServer start(Path home) {
        return start(home, MemoryStores.class, Map.of());
    }

    /** Starts a server on an embedded PostgreSQL whose data lie in a directory. */
    public static TestServer startOnPostgres(Path home, Path data, int port) {
        return start(
                home,
                DbConfiguration.class,
                Map.of("sternpost.db.embedded.dir", data.toString(), "sternpost.db.embedded.port", port));
    }

    private static TestServer start(Path home, Class<?> stores, Map<String, Object> settings) {
        SpringApplicationBuilder builder = new SpringApplicationBuilder(ServerConfiguration.class, stores)
                .registerShutdownHook(false)
                .properties(Map.of(
                        "sternpost.home", home.toString(), "sternpost.api.port", "0", "sternpost.agent-link.port", "0"))
                .properties(settings);
        return new TestServer(builder.run(), home);
    }

    public int apiPort() {
        return bean(ApiServer.class).port();
    }

    public int agentLinkPort() {
        return bean(AgentLinkServer.class).port();
    }

    public CertificateAuthority authority() {
        return bean(CertificateAuthority.class);
    }

    public Inventory inventory() {
        return bean(Inventory.class);
    }

    public Transactions transactions() {
        return bean(Transactions.class);
    }

    /** The administrator's first password. */
    public String password() {
        try {
            return Files.readString(home.resolve("initial-admin-password")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public <T> Collection<T> beans(Class<T> type) {
        return context.getBeansOfType(type).values();
    }

    @Override
    public void close() {
        context.close();
    }
}
