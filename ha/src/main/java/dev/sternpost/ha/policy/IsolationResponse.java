package dev.sternpost.ha.policy;

/** What an isolated host does with a virtual machine. */
public enum IsolationResponse {
    /** It goes on: its disks are there, and only the network is not. */
    LEAVE_ON,
    /** The guest is asked to shut down, and started elsewhere. */
    SHUT_DOWN,
    /** The power is cut, and it is started elsewhere. */
    POWER_OFF
}
