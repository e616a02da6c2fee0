/** The training run of the AOT cache. */
@NullMarked
package dev.sternpost.cli.rehearsal;

import org.jspecify.annotations.NullMarked;
