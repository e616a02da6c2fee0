@NullMarked
package dev.sternpost.ha.restart;

import org.jspecify.annotations.NullMarked;
