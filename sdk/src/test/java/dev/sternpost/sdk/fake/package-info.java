/** A small server with a datacenter that exists only in memory, over real TLS; for tests of programs that use the client. */
@NullMarked
package dev.sternpost.sdk.fake;

import org.jspecify.annotations.NullMarked;
