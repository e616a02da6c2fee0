/**
 * The server's end of the agent protocol: one port with mutual TLS, one stream per host. Commands go out and wait here for
 * their results over broken streams; reports come in and are handed on in order. Decides nothing itself; generated classes
 * of the agent protocol go no further than this package.
 */
@NullMarked
package dev.sternpost.server.agentlink;

import org.jspecify.annotations.NullMarked;
