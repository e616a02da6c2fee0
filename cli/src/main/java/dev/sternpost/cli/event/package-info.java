/** Commands on the event trail. */
@NullMarked
package dev.sternpost.cli.event;

import org.jspecify.annotations.NullMarked;
