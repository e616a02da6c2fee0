/** Whether a VM can move to a host: every obstacle at once, each with what would remove it. Pure. */
@NullMarked
package dev.sternpost.vmotion.compatibility;

import org.jspecify.annotations.NullMarked;
