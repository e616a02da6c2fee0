/**
 * Virtual machines as callers use them: each use case checks what can be checked at once, then files a task. The tasks
 * of this package have an end; none of them holds a condition.
 *
 * <p>Start at {@link dev.sternpost.server.virtualmachine.VirtualMachines}.
 */
@NullMarked
package dev.sternpost.server.virtualmachine;

import org.jspecify.annotations.NullMarked;
