@NullMarked
package dev.sternpost.drs.whatif;

import org.jspecify.annotations.NullMarked;
