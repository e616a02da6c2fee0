package dev.sternpost.inventory;

/** What an isolated host does with a virtual machine. */
public enum HaIsolationResponse {
    LEAVE_ON,
    SHUT_DOWN,
    POWER_OFF
}
