/** Commands on clusters and datacenters. */
@NullMarked
package dev.sternpost.cli.cluster;

import org.jspecify.annotations.NullMarked;
