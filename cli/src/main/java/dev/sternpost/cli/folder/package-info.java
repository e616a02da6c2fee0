/** Commands on folders and the inventory tree. */
@NullMarked
package dev.sternpost.cli.folder;

import org.jspecify.annotations.NullMarked;
