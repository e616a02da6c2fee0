package dev.sternpost.inventory.power;

/** How a host is switched on from afar. */
public enum PowerMethod {
    /** It is not. */
    NONE,
    /** A magic packet to its network card, sent by a host of the same segment. */
    WAKE_ON_LAN,
    /** Its management controller, by Redfish. */
    REDFISH,
    /** A command that the administrator has configured on the server. */
    COMMAND,
    /** Its management controller, by IPMI 2.0. */
    IPMI
}
