/** Live migration: compatibility, the pre-copy model and its convergence control, migration phases. */
@NullMarked
package dev.sternpost.vmotion;

import org.jspecify.annotations.NullMarked;
