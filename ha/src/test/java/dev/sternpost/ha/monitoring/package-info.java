@NullMarked
package dev.sternpost.ha.monitoring;

import org.jspecify.annotations.NullMarked;
