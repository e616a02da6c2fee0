/** Resource pools, and the options and words for allocations, which virtual machines have as well. */
@NullMarked
package dev.sternpost.cli.pool;

import org.jspecify.annotations.NullMarked;
