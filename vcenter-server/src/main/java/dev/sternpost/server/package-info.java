/** The server: use cases by feature, API endpoints, links to agents, loops. */
@NullMarked
package dev.sternpost.server;

import org.jspecify.annotations.NullMarked;
