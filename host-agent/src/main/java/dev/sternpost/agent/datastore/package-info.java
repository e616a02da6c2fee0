/** Datastores: directories with an identity, looked at safely, and files that survive a crash. */
@NullMarked
package dev.sternpost.agent.datastore;

import org.jspecify.annotations.NullMarked;
