@NullMarked
package dev.sternpost.ha.text;

import org.jspecify.annotations.NullMarked;
