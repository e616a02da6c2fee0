package dev.sternpost.server.powercontrol;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.power.HostPowerSetup;
import java.util.Optional;

/** Finds the way to a machine's power. */
@FunctionalInterface
public interface PowerControls {
    /** The way that is set up for a host; empty when there is none. */
    Optional<PowerControl> of(Host host, HostPowerSetup setup);
}
