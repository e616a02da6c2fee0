/**
 * How clusters are balanced: their settings and their rules. Writes are done when the call returns; nothing here is a task,
 * and nothing here moves a VM.
 */
@NullMarked
package dev.sternpost.server.cluster;

import org.jspecify.annotations.NullMarked;
