@NullMarked
package dev.sternpost.drs.power;

import org.jspecify.annotations.NullMarked;
