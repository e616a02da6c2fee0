/** Commands on hosts. */
@NullMarked
package dev.sternpost.cli.host;

import org.jspecify.annotations.NullMarked;
