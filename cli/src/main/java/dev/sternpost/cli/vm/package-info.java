/** Commands on virtual machines. */
@NullMarked
package dev.sternpost.cli.vm;

import org.jspecify.annotations.NullMarked;
