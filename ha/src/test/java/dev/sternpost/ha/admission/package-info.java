@NullMarked
package dev.sternpost.ha.admission;

import org.jspecify.annotations.NullMarked;
