@NullMarked
package dev.sternpost.ha.table;

import org.jspecify.annotations.NullMarked;
