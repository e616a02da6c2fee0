@NullMarked
package dev.sternpost.drs.maintenance;

import org.jspecify.annotations.NullMarked;
