package dev.sternpost.server.api;

/** The metrics as Prometheus reads them. */
@FunctionalInterface
public interface Scrape {
    String text();
}
