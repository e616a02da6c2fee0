package dev.sternpost.server.power;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What only the server's own configuration says of power management.
 *
 * @param command see {@code CommandControl}; null when none is configured
 * @param fenceIpmilan program for IPMI: a path, or a name that is found by the server's PATH
 */
public record PowerSettings(@Nullable Path command, String fenceIpmilan) {}
