/** Load balancing: what it recommends, does and did, and why. */
@NullMarked
package dev.sternpost.cli.drs;

import org.jspecify.annotations.NullMarked;
