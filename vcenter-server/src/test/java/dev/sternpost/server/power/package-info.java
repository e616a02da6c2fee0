@NullMarked
package dev.sternpost.server.power;

import org.jspecify.annotations.NullMarked;
