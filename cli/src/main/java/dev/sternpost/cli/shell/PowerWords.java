package dev.sternpost.cli.shell;

import dev.sternpost.proto.power.v1.PowerLevel;
import dev.sternpost.proto.power.v1.PowerMethod;

/** Power management in words. */
public final class PowerWords {
    private PowerWords() {}

    /** What {@code --level} takes. */
    public enum LevelWord {
        off,
        manual,
        automatic;

        public PowerLevel level() {
            return switch (this) {
                case off -> PowerLevel.POWER_LEVEL_OFF;
                case manual -> PowerLevel.POWER_LEVEL_MANUAL;
                case automatic -> PowerLevel.POWER_LEVEL_AUTOMATIC;
            };
        }
    }

    public static String of(PowerLevel level) {
        return switch (level) {
            case POWER_LEVEL_OFF -> "off";
            case POWER_LEVEL_MANUAL -> "manual";
            case POWER_LEVEL_AUTOMATIC -> "automatic";
            case POWER_LEVEL_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    public static String of(PowerMethod method) {
        return switch (method) {
            case POWER_METHOD_NONE -> "none";
            case POWER_METHOD_WAKE_ON_LAN -> "wake-on-lan";
            case POWER_METHOD_REDFISH -> "redfish";
            case POWER_METHOD_COMMAND -> "command";
            case POWER_METHOD_IPMI -> "ipmi";
            case POWER_METHOD_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    /** @throws UsageFailure when there is no such method */
    public static PowerMethod method(String text) {
        return switch (text) {
            case "none" -> PowerMethod.POWER_METHOD_NONE;
            case "wake-on-lan", "wol" -> PowerMethod.POWER_METHOD_WAKE_ON_LAN;
            case "redfish" -> PowerMethod.POWER_METHOD_REDFISH;
            case "ipmi" -> PowerMethod.POWER_METHOD_IPMI;
            case "command" -> PowerMethod.POWER_METHOD_COMMAND;
            default ->
                throw new UsageFailure(
                        "--method is none, wake-on-lan, redfish, ipmi or command, not \"" + text + "\".");
        };
    }
}
