@NullMarked
package dev.sternpost.ha.message;

import org.jspecify.annotations.NullMarked;
