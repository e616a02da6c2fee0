package dev.sternpost.drs.placement;

/** What placement steers by among the hosts that will do. */
public enum PlacementGoal {
    /** The VM does least harm where it comes: loads stay even. */
    BALANCE,
    /** The VM leaves least room over where it comes: whole hosts stay free for large VMs, or for sleeping. */
    PACK
}
