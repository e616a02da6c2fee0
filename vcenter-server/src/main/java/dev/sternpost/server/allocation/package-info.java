/**
 * What VMs are entitled to, on its way to the hosts that enforce it. A condition that must hold: orders are renewed, and end
 * by themselves when nobody renews them. Who gets how much is decided elsewhere.
 */
@NullMarked
package dev.sternpost.server.allocation;

import org.jspecify.annotations.NullMarked;
