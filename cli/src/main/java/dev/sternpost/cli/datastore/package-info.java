/** Commands on datastores. */
@NullMarked
package dev.sternpost.cli.datastore;

import org.jspecify.annotations.NullMarked;
