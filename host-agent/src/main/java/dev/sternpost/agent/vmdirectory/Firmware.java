package dev.sternpost.agent.vmdirectory;

/** The first program a virtual machine runs. */
public enum Firmware {
    BIOS("bios"),
    UEFI("uefi");

    private final String word;

    Firmware(String word) {
        this.word = word;
    }

    /** The word used in the configuration file and on the wire. */
    public String word() {
        return word;
    }

    /**
     * Reads {@link #word()}.
     *
     * @throws IllegalArgumentException for any other word
     */
    public static Firmware ofWord(String word) {
        for (Firmware firmware : values()) {
            if (firmware.word.equals(word)) {
                return firmware;
            }
        }
        throw new IllegalArgumentException("firmware must be \"bios\" or \"uefi\", not \"" + word + "\"");
    }
}
