@NullMarked
package dev.sternpost.server.ha;

import org.jspecify.annotations.NullMarked;
