/**
 * How records are written where other hosts read them: lines of key and value, with a check sum against torn writes.
 */
@NullMarked
package dev.sternpost.ha.text;

import org.jspecify.annotations.NullMarked;
