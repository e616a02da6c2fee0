@NullMarked
package dev.sternpost.server.migration;

import org.jspecify.annotations.NullMarked;
