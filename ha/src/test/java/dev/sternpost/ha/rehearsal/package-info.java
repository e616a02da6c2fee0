@NullMarked
package dev.sternpost.ha.rehearsal;

import org.jspecify.annotations.NullMarked;
