@NullMarked
package dev.sternpost.drs;

import org.jspecify.annotations.NullMarked;
