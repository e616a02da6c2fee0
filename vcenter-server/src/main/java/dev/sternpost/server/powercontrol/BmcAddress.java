package dev.sternpost.server.powercontrol;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a management controller listens for IPMI. Strict, since the host becomes a word of a command line further on: letters, digits,
 * dots and dashes, or an IPv6 address in brackets.
 *
 * @param host without brackets
 */
public record BmcAddress(String host, int port) {
    private static final int PORT = 623;
    private static final int PORT_MAX = 65_535;
    private static final Pattern FORM =
            Pattern.compile("(?:([A-Za-z0-9][A-Za-z0-9.-]*)|\\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)])(?::([0-9]{1,5}))?");

    /** Of "host", "host:port", "[v6]" or "[v6]:port"; empty when it is neither. */
    public static Optional<BmcAddress> of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        int port = form.group(3) == null ? PORT : Integer.parseInt(form.group(3));
        return port < 1 || port > PORT_MAX
                ? Optional.empty()
                : Optional.of(new BmcAddress(form.group(1) == null ? form.group(2) : form.group(1), port));
    }
}
