@NullMarked
package dev.sternpost.server.api;

import org.jspecify.annotations.NullMarked;
