package dev.sternpost.agent.vmdirectory;

/** How the blocks of a disk are set aside. */
public enum Provisioning {
    /** Blocks are taken when first written. */
    THIN("thin"),
    /** All blocks are taken at once and zeroed when first written. */
    THICK_LAZY("thickLazy"),
    /** All blocks are taken and zeroed at once. */
    THICK_EAGER("thickEager");

    private final String word;

    Provisioning(String word) {
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
    public static Provisioning ofWord(String word) {
        for (Provisioning provisioning : values()) {
            if (provisioning.word.equals(word)) {
                return provisioning;
            }
        }
        throw new IllegalArgumentException(
                "provisioning must be \"thin\", \"thickLazy\" or \"thickEager\", not \"" + word + "\"");
    }
}
