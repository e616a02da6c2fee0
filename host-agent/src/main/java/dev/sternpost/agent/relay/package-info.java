/**
 * Carries the stream of a live migration from one host to another: QEMU's unix socket, this agent, mutual TLS 1.3, the
 * other agent, the other QEMU's unix socket. Counts every byte, can cut at any moment, and takes anything that stands still
 * for too long for lost. A control connection beside the stream compares the hosts' clocks and carries the word to let the
 * guest go. Knows nothing of virtual machines, locks or the ledger.
 */
@NullMarked
package dev.sternpost.agent.relay;

import org.jspecify.annotations.NullMarked;
