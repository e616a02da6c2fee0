@NullMarked
package dev.sternpost.server.statistics;

import org.jspecify.annotations.NullMarked;
