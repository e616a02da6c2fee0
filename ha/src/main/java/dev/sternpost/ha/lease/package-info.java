/**
 * The lease: a small record that its holder renews and everybody else watches. Needs a store with slots that are read and replaced, and nothing else.
 */
@NullMarked
package dev.sternpost.ha.lease;

import org.jspecify.annotations.NullMarked;
