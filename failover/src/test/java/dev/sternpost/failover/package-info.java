@NullMarked
package dev.sternpost.failover;

import org.jspecify.annotations.NullMarked;
