/** Tests of the whole server, and what the tests of its features share. */
@NullMarked
package dev.sternpost.server;

import org.jspecify.annotations.NullMarked;
