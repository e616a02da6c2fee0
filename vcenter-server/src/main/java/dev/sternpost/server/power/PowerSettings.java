package dev.sternpost.server.power;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What only the server's own configuration says of power management.
 *
 * @param command see {@code CommandControl}; null when none is configured
 */
public record PowerSettings(@Nullable Path command) {}
