/** The Java client of the public contract. */
@NullMarked
package dev.sternpost.sdk;

import org.jspecify.annotations.NullMarked;
