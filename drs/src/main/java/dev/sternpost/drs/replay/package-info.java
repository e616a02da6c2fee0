/**
 * Passes as they are stored: what went in and what came out, in one canonical text, compressed. Done again from what went in, a pass comes
 * out the same to the last byte; where it does not, the planner was another one, and the first difference is shown.
 */
@NullMarked
package dev.sternpost.drs.replay;

import org.jspecify.annotations.NullMarked;
