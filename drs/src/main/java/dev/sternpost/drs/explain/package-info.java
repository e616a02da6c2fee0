/** Why a VM is where it is: what every host would mean for it, with figures and reasons. */
@NullMarked
package dev.sternpost.drs.explain;

import org.jspecify.annotations.NullMarked;
