@NullMarked
package dev.sternpost.server.session;

import org.jspecify.annotations.NullMarked;
