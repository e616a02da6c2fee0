package dev.sternpost.agent.operation;

/**
 * Where a virtual machine's directory lies.
 *
 * @param datastoreUuid UUID of the datastore
 * @param directory relative to the datastore's root
 */
public record VmPlace(String datastoreUuid, String directory) {

    /** As it stands in a sign: the UUID, a colon, the directory. */
    String text() {
        return datastoreUuid + ":" + directory;
    }

    /**
     * Reads {@link #text}.
     *
     * @throws IllegalStateException when it is none
     */
    static VmPlace parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalStateException("\"" + text + "\" names no place");
        }
        return new VmPlace(text.substring(0, colon), text.substring(colon + 1));
    }
}
