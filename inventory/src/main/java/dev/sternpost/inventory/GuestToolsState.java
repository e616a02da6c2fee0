package dev.sternpost.inventory;

/** Whether the guest agent answers. */
public enum GuestToolsState {
    UNKNOWN,
    NOT_RUNNING,
    RUNNING
}
