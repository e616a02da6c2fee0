/** The command line. */
@NullMarked
package dev.sternpost.cli;

import org.jspecify.annotations.NullMarked;
