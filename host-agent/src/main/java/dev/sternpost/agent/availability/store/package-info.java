/**
 * Where hosts keep leases, tables and the configuration of high availability: named slots that all hosts of a cluster read and replace, in files
 * of a shared directory or on a block device.
 */
@NullMarked
package dev.sternpost.agent.availability.store;

import org.jspecify.annotations.NullMarked;
