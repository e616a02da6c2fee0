package dev.sternpost.server;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;

/** Starts the server. */
public final class Main {
    private Main() {}

    /** @param arguments settings as {@code --sternpost.api.port=7443}; vcenter-server/README.md lists them */
    public static void main(String... arguments) {
        SpringApplication application = new SpringApplication(ServerConfiguration.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.run(arguments);
    }
}
