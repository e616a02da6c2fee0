@NullMarked
package dev.sternpost.ha.lease;

import org.jspecify.annotations.NullMarked;
