package dev.sternpost.inventory;

/** The field's four colours, from the least to the most alarming. */
public enum OverallStatus {
    /** Nothing is known about the object. */
    GRAY,
    /** The object is all right. */
    GREEN,
    /** The object may have a problem. */
    YELLOW,
    /** The object has a problem. */
    RED
}
