@NullMarked
package dev.sternpost.server.drs;

import org.jspecify.annotations.NullMarked;
