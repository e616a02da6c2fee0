@NullMarked
package dev.sternpost.bench;

import org.jspecify.annotations.NullMarked;
