/** What hosts and virtual machines use, now and in the last hour. */
@NullMarked
package dev.sternpost.cli.statistics;

import org.jspecify.annotations.NullMarked;
