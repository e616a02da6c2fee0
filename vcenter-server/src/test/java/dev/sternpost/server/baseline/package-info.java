@NullMarked
package dev.sternpost.server.baseline;

import org.jspecify.annotations.NullMarked;
