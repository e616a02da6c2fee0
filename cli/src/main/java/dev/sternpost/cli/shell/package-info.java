/** What every command stands on: the terminal, options, tables, JSON and YAML, sizes, exit codes. */
@NullMarked
package dev.sternpost.cli.shell;

import org.jspecify.annotations.NullMarked;
