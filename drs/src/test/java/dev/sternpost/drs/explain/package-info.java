@NullMarked
package dev.sternpost.drs.explain;

import org.jspecify.annotations.NullMarked;
