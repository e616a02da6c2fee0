@NullMarked
package dev.sternpost.drs.rule;

import org.jspecify.annotations.NullMarked;
