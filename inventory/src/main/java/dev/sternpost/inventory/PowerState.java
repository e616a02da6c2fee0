package dev.sternpost.inventory;

/** Whether a virtual machine runs. */
public enum PowerState {
    POWERED_OFF,
    POWERED_ON,
    /** Its memory is saved to disk. */
    SUSPENDED
}
