package dev.sternpost.inventory;

/** How much load balancing does by itself. */
public enum AutomationLevel {
    /** Nothing: the virtual machine is left where it is, and stands in no recommendation. */
    DISABLED,
    /** It recommends, a person applies. */
    MANUAL,
    /** It chooses where virtual machines are powered on; moves of running ones it only recommends. */
    PARTIALLY_AUTOMATED,
    /** It moves running virtual machines by itself. */
    FULLY_AUTOMATED
}
