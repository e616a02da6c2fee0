/** Which server, and as whom: options, environment, the launcher's context, the kept session. */
@NullMarked
package dev.sternpost.cli.connection;

import org.jspecify.annotations.NullMarked;
