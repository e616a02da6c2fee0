@NullMarked
package dev.sternpost.server.allocation;

import org.jspecify.annotations.NullMarked;
