@NullMarked
package dev.sternpost.server.resource;

import org.jspecify.annotations.NullMarked;
