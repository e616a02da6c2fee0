package dev.sternpost.server.powercontrol;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.power.HostPowerSetup;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The ways to hosts' power as they are set up. */
public final class ConfiguredControls implements PowerControls {
    private final SecretBox secrets;
    private final @Nullable Path command;
    private final String fenceIpmilan;
    private final Function<Host, WakeOnLan.Segment> segments;

    /**
     * @param command the administrator's command; null when none is configured
     * @param fenceIpmilan the program for IPMI
     * @param segments where magic packets for a host go out
     */
    public ConfiguredControls(
            SecretBox secrets,
            @Nullable Path command,
            String fenceIpmilan,
            Function<Host, WakeOnLan.Segment> segments) {
        this.secrets = secrets;
        this.command = command;
        this.fenceIpmilan = fenceIpmilan;
        this.segments = segments;
    }

    @Override
    public Optional<PowerControl> of(Host host, HostPowerSetup setup) {
        return switch (setup.method()) {
            case NONE -> Optional.empty();
            case WAKE_ON_LAN -> Optional.of(new WakeOnLan(setup.macAddress(), segments.apply(host)));
            case COMMAND ->
                command == null
                        ? Optional.empty()
                        : Optional.of(new CommandControl(command, host.name(), PowerControl.TIME_MAX));
            case REDFISH ->
                Optional.of(with(
                        setup,
                        password -> new RedfishControl(new RedfishControl.Controller(
                                URI.create(setup.address()), setup.userName(), password, setup.trust()))));
            case IPMI ->
                Optional.of(with(
                        setup,
                        password -> new IpmiControl(
                                fenceIpmilan,
                                new IpmiControl.Controller(setup.address(), setup.userName(), password),
                                PowerControl.TIME_MAX)));
        };
    }

    private PowerControl with(HostPowerSetup setup, Function<String, PowerControl> control) {
        try {
            String password = setup.sealedPassword().isEmpty()
                    ? ""
                    : secrets.open(setup.hostId().value(), setup.sealedPassword());
            return control.apply(password);
        } catch (SecretBox.UnreadableException e) {
            return new Refusing(new PowerAnswer.CredentialsRefused(String.valueOf(e.getMessage())));
        }
    }

    /** Answers the same to everything. */
    private record Refusing(PowerAnswer answer) implements PowerControl {
        @Override
        public PowerAnswer state() {
            return answer;
        }

        @Override
        public PowerAnswer on() {
            return answer;
        }

        @Override
        public PowerAnswer off() {
            return answer;
        }
    }
}
