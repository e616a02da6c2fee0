@NullMarked
package dev.sternpost.ha.timing;

import org.jspecify.annotations.NullMarked;
