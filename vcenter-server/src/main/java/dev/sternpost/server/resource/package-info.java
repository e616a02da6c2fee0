/**
 * Resource pools and allocations: who is promised what, who may have how much at most, and who weighs how much. Writes are
 * done when the call returns; nothing here is a task.
 */
@NullMarked
package dev.sternpost.server.resource;

import org.jspecify.annotations.NullMarked;
