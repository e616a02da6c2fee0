package dev.sternpost.ha.policy;

/** Which virtual machines are started first; a later one waits until those before it are ready. */
public enum RestartPriority {
    HIGHEST,
    HIGH,
    MEDIUM,
    LOW,
    LOWEST
}
