package dev.sternpost.db;

import dev.sternpost.db.identity.JpaIdentityStore;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

/** Sets JPA up with as little work as there is: no scanning, no look at the database, no schema of its own. */
final class Entities {
    private Entities() {}

    static EntityManagerFactory over(DataSource pool) {
        LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
        factory.setPersistenceUnitName("sternpost");
        factory.setDataSource(pool);
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factory.setManagedTypes(PersistenceManagedTypes.of(
                JpaIdentityStore.ROWS.stream().map(Class::getName).toArray(String[]::new)));
        factory.setJpaPropertyMap(Map.ofEntries(
                Map.entry("hibernate.boot.allow_jdbc_metadata_access", "false"),
                Map.entry("jakarta.persistence.database-product-name", "PostgreSQL"),
                Map.entry("jakarta.persistence.database-major-version", "15"),
                Map.entry("jakarta.persistence.database-minor-version", "0"),
                Map.entry("hibernate.hbm2ddl.auto", "none"),
                Map.entry("hibernate.query.startup_check", "false"),
                Map.entry("hibernate.xml_mapping_enabled", "false"),
                Map.entry("hibernate.jdbc.time_zone", "UTC"),
                Map.entry("hibernate.physical_naming_strategy", new PhysicalNamingStrategySnakeCaseImpl())));
        factory.afterPropertiesSet();
        return Objects.requireNonNull(factory.getObject());
    }
}
