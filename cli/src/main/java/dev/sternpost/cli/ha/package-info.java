/** Commands on high availability. */
@NullMarked
package dev.sternpost.cli.ha;

import org.jspecify.annotations.NullMarked;
