@NullMarked
package dev.sternpost.server.powercontrol;

import org.jspecify.annotations.NullMarked;
