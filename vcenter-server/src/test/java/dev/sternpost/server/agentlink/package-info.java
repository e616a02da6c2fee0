@NullMarked
package dev.sternpost.server.agentlink;

import org.jspecify.annotations.NullMarked;
