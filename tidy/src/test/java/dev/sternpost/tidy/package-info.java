/** Repository checks that run as tests. */
@NullMarked
package dev.sternpost.tidy;

import org.jspecify.annotations.NullMarked;
