/** Plans for a cluster that is not so yet: with a host less or more, or with a larger VM. Nothing is touched. */
@NullMarked
package dev.sternpost.drs.whatif;

import org.jspecify.annotations.NullMarked;
