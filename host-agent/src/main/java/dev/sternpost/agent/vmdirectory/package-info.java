/** A virtual machine as a self-contained directory on a datastore: configuration, lock, disks. */
@NullMarked
package dev.sternpost.agent.vmdirectory;

import org.jspecify.annotations.NullMarked;
