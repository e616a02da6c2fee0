/**
 * What an agent does when it is told to: one class per family of operations, behind one door ({@link
 * dev.sternpost.agent.operation.Operations}) that checks the fences, runs the operations of one virtual machine one after
 * the other, and stores results under their operation keys.
 *
 * <p>Who may run a virtual machine is decided by the lock file in its directory, never here: an operation that lets a guest
 * run takes the lock first, and one that ends a guest gives it up last.
 */
@NullMarked
package dev.sternpost.agent.operation;

import org.jspecify.annotations.NullMarked;
