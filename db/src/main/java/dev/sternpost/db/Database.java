package dev.sternpost.db;

import com.zaxxer.hikari.HikariDataSource;
import dev.sternpost.db.availability.PgToldVersionStore;
import dev.sternpost.db.demand.PgDemandStore;
import dev.sternpost.db.embedded.PgSupervisor;
import dev.sternpost.db.identity.JpaIdentityStore;
import dev.sternpost.db.inventory.PgInventoryStore;
import dev.sternpost.db.pass.PgPassStore;
import dev.sternpost.db.power.PgPowerStore;
import dev.sternpost.db.task.PgTaskStore;
import dev.sternpost.inventory.availability.ToldVersionStore;
import dev.sternpost.inventory.demand.DemandStore;
import dev.sternpost.inventory.pass.PassStore;
import dev.sternpost.inventory.power.PowerStore;
import dev.sternpost.inventory.store.InventoryStore;
import dev.sternpost.inventory.store.Transactions;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.task.TaskStore;
import jakarta.persistence.EntityManagerFactory;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The database, open: started when it is the embedded one, brought to the newest schema, and ready to keep what the
 * ports hand to it. Nothing of SQL or JPA leaves it.
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final HikariDataSource pool;
    private final Later<EntityManagerFactory> entities;
    private final @Nullable PgSupervisor supervisor;
    private final Transactions transactions;
    private final InventoryStore inventoryStore;
    private final TaskStore taskStore;
    private final PassStore passStore;
    private final DemandStore demandStore;
    private final PowerStore powerStore;
    private final ToldVersionStore toldVersionStore;
    private final IdentityStore identityStore;

    private Database(HikariDataSource pool, Later<EntityManagerFactory> entities, @Nullable PgSupervisor supervisor) {
        this.pool = pool;
        this.entities = entities;
        this.supervisor = supervisor;
        this.transactions = new SpringTransactions(
                new DeferredTransactionManager(Later.of("db-transactions", () -> manager(entities.get(), pool))));
        JdbcTemplate jdbc = new JdbcTemplate(pool);
        this.inventoryStore = new PgInventoryStore(jdbc, transactions, PgInventoryStore.DELTAS_KEPT_DEFAULT);
        this.taskStore = new PgTaskStore(jdbc, transactions);
        this.passStore = new PgPassStore(jdbc, PassStore.Kept.DEFAULT);
        this.demandStore = new PgDemandStore(jdbc);
        this.powerStore = new PgPowerStore(jdbc);
        this.toldVersionStore = new PgToldVersionStore(jdbc);
        this.identityStore = new JpaIdentityStore(
                Later.of("db-tables", () -> new JpaIdentityStore.Tables(entities.get())), transactions);
    }

    private static PlatformTransactionManager manager(EntityManagerFactory entities, HikariDataSource pool) {
        JpaTransactionManager manager = new JpaTransactionManager(entities);
        manager.setDataSource(pool);
        manager.afterPropertiesSet();
        return manager;
    }

    /**
     * Opens it: returns when the schema is the newest and the inventory can be read. JPA, whose set-up takes longest and
     * needs no connection, is set up meanwhile and may still be when this returns; the first transaction waits for it.
     *
     * @throws dev.sternpost.inventory.fault.FaultException DATABASE_UNREACHABLE when it cannot be used; nothing is left running
     *     then, nor after any other failure
     */
    public static Database open(DbSettings settings) {
        HikariDataSource pool = Pool.unconnected();
        Later<EntityManagerFactory> entities = Later.of("db-entities", () -> Entities.over(pool));
        @Nullable PgSupervisor supervisor = null;
        try {
            supervisor = connect(pool, settings);
            migrate(pool);
            return new Database(pool, entities, supervisor);
        } catch (RuntimeException e) {
            entities.ifMade(EntityManagerFactory::close);
            pool.close();
            if (supervisor != null) {
                supervisor.close();
            }
            throw ConnectionFaults.clearer(e);
        }
    }

    private static @Nullable PgSupervisor connect(HikariDataSource pool, DbSettings settings) {
        return switch (settings) {
            case DbSettings.External external -> {
                Pool.direct(pool, external.url(), external.user(), external.password());
                yield null;
            }
            case DbSettings.Embedded embedded -> {
                PgSupervisor supervisor = PgSupervisor.start(embedded.settings());
                Pool.direct(pool, supervisor.jdbcUrl(), supervisor.userName(), supervisor.password());
                yield supervisor;
            }
        };
    }

    private static void migrate(HikariDataSource pool) {
        int applied = Flyway.configure(Database.class.getClassLoader())
                .dataSource(pool)
                .locations("classpath:dev/sternpost/db/migration")
                .failOnMissingLocations(true)
                .cleanDisabled(true)
                .validateMigrationNaming(true)
                .loggers("slf4j")
                // What is done once may take its time.
                .initSql("set statement_timeout = 0")
                .load()
                .migrate()
                .migrationsExecuted;
        pool.getHikariPoolMXBean().softEvictConnections();
        if (applied > 0) {
            LOG.info("applied {} migrations to the database", applied);
        }
    }

    public Transactions transactions() {
        return transactions;
    }

    public InventoryStore inventoryStore() {
        return inventoryStore;
    }

    /** A store that keeps another number of deltas; for tests. */
    InventoryStore inventoryStore(int deltasKept) {
        return new PgInventoryStore(new JdbcTemplate(pool), transactions, deltasKept);
    }

    public PassStore passStore() {
        return passStore;
    }

    public DemandStore demandStore() {
        return demandStore;
    }

    /** A store that keeps less; for tests. */
    PassStore passStore(PassStore.Kept kept) {
        return new PgPassStore(new JdbcTemplate(pool), kept);
    }

    public PowerStore powerStore() {
        return powerStore;
    }

    public ToldVersionStore toldVersionStore() {
        return toldVersionStore;
    }

    public TaskStore taskStore() {
        return taskStore;
    }

    public IdentityStore identityStore() {
        return identityStore;
    }

    /** Whether it answers a question now; for health checks. Takes a few seconds when it does not. */
    public boolean answers() {
        try {
            return Integer.valueOf(1).equals(new JdbcTemplate(pool).queryForObject("select 1", Integer.class));
        } catch (DataAccessException e) {
            LOG.warn(
                    "the database does not answer: {}", e.getMostSpecificCause().getMessage());
            return false;
        }
    }

    /** Gives back the connections, and stops the embedded server. */
    @Override
    public void close() {
        entities.ifMade(EntityManagerFactory::close);
        pool.close();
        if (supervisor != null) {
            supervisor.close();
        }
    }
}
