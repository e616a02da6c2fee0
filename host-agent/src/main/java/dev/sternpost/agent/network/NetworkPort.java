package dev.sternpost.agent.network;

/** One end of a virtual machine's network card, on the host's side. */
public sealed interface NetworkPort {

    /** A tap device, made for this card. */
    record Tap(String interfaceName) implements NetworkPort {}

    /** No device: the hypervisor itself forwards, as one user's program. */
    record User() implements NetworkPort {}
}
