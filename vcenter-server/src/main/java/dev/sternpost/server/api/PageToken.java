package dev.sternpost.server.api;

import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where a list goes on, as text that means nothing to the client. Bound to its list: a token given to another call, or
 * to the same call with other filters, is refused rather than misread.
 */
final class PageToken {
    static final int SIZE_MAX = 1_000;

    private PageToken() {}

    /** How many a caller gets: the default for 0, never more than {@link #SIZE_MAX}. */
    static int size(int wanted, int otherwise) {
        if (wanted < 0) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "page_size must not be negative. Leave it out or give 1 to 1000.");
        }
        return wanted == 0 ? otherwise : Math.min(wanted, SIZE_MAX);
    }

    /**
     * @param list names the call and its filters
     * @param position where to go on
     */
    static String of(String list, String position) {
        String text = Integer.toHexString(list.hashCode()) + "|" + position;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The position in a token; empty for an empty one.
     *
     * @throws FaultException REQUEST_INVALID when it is not a token of this list
     */
    static String position(String list, String token) {
        if (token.isEmpty()) {
            return "";
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            String prefix = Integer.toHexString(list.hashCode()) + "|";
            if (text.startsWith(prefix) && text.length() > prefix.length()) {
                return text.substring(prefix.length());
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw invalid();
    }

    static FaultException invalid() {
        return new FaultException(
                FaultCode.REQUEST_INVALID, "page_token is not one of this list. Begin again without it.");
    }
}
