/**
 * What hosts and virtual machines use. Hosts report at each interval; the last hour is kept in memory, compressed, and
 * is gone when the server ends: hosts keep an hour too and send it again. Nothing here orders anything.
 */
@NullMarked
package dev.sternpost.server.statistics;

import org.jspecify.annotations.NullMarked;
