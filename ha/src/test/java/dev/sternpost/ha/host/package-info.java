@NullMarked
package dev.sternpost.ha.host;

import org.jspecify.annotations.NullMarked;
