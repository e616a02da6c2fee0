@NullMarked
package dev.sternpost.server.work;

import org.jspecify.annotations.NullMarked;
