/**
 * What an administrator chose: for a cluster, and for each virtual machine. A condition, not a task.
 */
@NullMarked
package dev.sternpost.ha.policy;

import org.jspecify.annotations.NullMarked;
