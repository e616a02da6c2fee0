/**
 * CPU baselines (the field's EVC): levels of CPU features that guests are held to, so that they find the same CPU on every host. Pure.
 */
@NullMarked
package dev.sternpost.vmotion.baseline;

import org.jspecify.annotations.NullMarked;
