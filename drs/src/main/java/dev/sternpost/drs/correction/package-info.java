/**
 * Puts right what must not stay as it is, whatever it costs: hosts that are to be emptied, rules that are broken. What cannot be put
 * right is told with the reasons of each host.
 */
@NullMarked
package dev.sternpost.drs.correction;

import org.jspecify.annotations.NullMarked;
