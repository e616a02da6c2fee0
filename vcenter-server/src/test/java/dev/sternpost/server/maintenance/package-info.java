@NullMarked
package dev.sternpost.server.maintenance;

import org.jspecify.annotations.NullMarked;
