package dev.sternpost.vmotion.precopy;

/** How a guest goes about its hot set. */
public enum WriteKind {
    /** Pages are written in no order, some again before others once. */
    RANDOM,
    /** Pages are written one after the other, round and round. */
    CYCLIC
}
