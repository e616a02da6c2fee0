/** Commands on networks. */
@NullMarked
package dev.sternpost.cli.network;

import org.jspecify.annotations.NullMarked;
