@NullMarked
package dev.sternpost.ha.coordinator;

import org.jspecify.annotations.NullMarked;
