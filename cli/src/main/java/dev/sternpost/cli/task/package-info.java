/** Tasks, and how a command waits for one. */
@NullMarked
package dev.sternpost.cli.task;

import org.jspecify.annotations.NullMarked;
