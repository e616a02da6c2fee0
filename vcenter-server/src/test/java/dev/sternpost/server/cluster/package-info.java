@NullMarked
package dev.sternpost.server.cluster;

import org.jspecify.annotations.NullMarked;
