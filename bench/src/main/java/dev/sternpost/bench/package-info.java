/**
 * Benchmarks beside a comparator that runs in between, in the same process where it can: absolute times are one machine's, the ratio is what
 * counts. Seeded and bounded; each prints what it ran on.
 */
@NullMarked
package dev.sternpost.bench;

import org.jspecify.annotations.NullMarked;
