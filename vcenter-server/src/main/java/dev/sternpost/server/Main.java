package dev.sternpost.server;

import dev.sternpost.db.DbConfiguration;
import dev.sternpost.server.api.Preload;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;

/** Starts the server with its database. */
public final class Main {
    private static final Logger log = LoggerFactory.getLogger(Main.class);

    private Main() {}

    /** @param arguments settings as {@code --sternpost.api.port=7443}; vcenter-server/README.md lists them */
    public static void main(String... arguments) {
        Preload.begin();
        SpringApplication application = new SpringApplication(ServerConfiguration.class, DbConfiguration.class);
        application.run(arguments);
        log.info("ready after {} ms", ManagementFactory.getRuntimeMXBean().getUptime());
    }
}
