package dev.sternpost.inventory;

/** What runs the CPUs of virtual machines on a host. */
public enum Accelerator {
    /** Hardware virtualization. */
    KVM,
    /** Emulation by translation; slow. */
    TCG,
    /** Nothing runs: the host is one of a simulated fleet. */
    SIMULATED
}
