/**
 * The cluster as the planners work on it: flat arrays, what each host carries, and what moving one VM would change, each answered in a
 * few operations. Mutable and private to one pass; what goes in and comes out of a pass is immutable.
 */
@NullMarked
package dev.sternpost.drs.layout;

import org.jspecify.annotations.NullMarked;
