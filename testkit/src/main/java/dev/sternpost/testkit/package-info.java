/** What tests of every module share: seeded properties, a virtual clock, golden files, bounded waiting. */
@NullMarked
package dev.sternpost.testkit;

import org.jspecify.annotations.NullMarked;
