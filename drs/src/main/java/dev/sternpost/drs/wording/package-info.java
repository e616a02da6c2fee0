/** How figures are put into words: the same on every machine, since explanations are part of what is replayed. */
@NullMarked
package dev.sternpost.drs.wording;

import org.jspecify.annotations.NullMarked;
