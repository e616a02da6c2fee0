package dev.sternpost.inventory;

/** What the first program of a virtual machine is. */
public enum Firmware {
    BIOS,
    UEFI
}
