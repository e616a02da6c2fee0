@NullMarked
package dev.sternpost.server.placement;

import org.jspecify.annotations.NullMarked;
