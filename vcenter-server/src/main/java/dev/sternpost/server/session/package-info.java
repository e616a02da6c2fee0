/** Logins of this server: the first administrator, sessions with their events, and sweeping out what has expired. */
@NullMarked
package dev.sternpost.server.session;

import org.jspecify.annotations.NullMarked;
