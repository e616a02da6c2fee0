@NullMarked
package dev.sternpost.ha.policy;

import org.jspecify.annotations.NullMarked;
