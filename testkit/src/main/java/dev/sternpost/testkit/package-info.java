/**
 * What tests of every module share: seeded properties, a virtual clock, golden files, bounded waiting.
 *
 * <p>Knows no other module. Start at {@link dev.sternpost.testkit.Property}.
 */
@NullMarked
package dev.sternpost.testkit;

import org.jspecify.annotations.NullMarked;
