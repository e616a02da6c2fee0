@NullMarked
package dev.sternpost.drs.replay;

import org.jspecify.annotations.NullMarked;
