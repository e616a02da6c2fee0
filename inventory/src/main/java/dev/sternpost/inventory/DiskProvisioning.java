package dev.sternpost.inventory;

/** How the blocks of a disk are set aside. */
public enum DiskProvisioning {
    /** Blocks are taken when first written. */
    THIN,
    /** All blocks are taken at once, and zeroed when first written. */
    THICK_LAZY_ZEROED,
    /** All blocks are taken and zeroed at once. */
    THICK_EAGER_ZEROED
}
