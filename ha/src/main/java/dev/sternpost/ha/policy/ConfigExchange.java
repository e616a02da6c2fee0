package dev.sternpost.ha.policy;

import java.util.OptionalLong;

/**
 * What a host does about the configuration that lies on the heartbeat datastore for those that the server does not reach: the one with the higher
 * version counts, but one that cannot be does not, or it would be gone by for ever.
 */
public enum ConfigExchange {
    /** It is newer: gone by from now on. */
    TAKE,
    /** There is none, or an older one: this host writes its own. */
    WRITE,
    /** It is the same. */
    NOTHING,
    /** No version that can be: this host writes its own over it, and says so. */
    REFUSE;

    /** By how much the datastore may be ahead of a host. Versions go by the seconds of the epoch, and a host may have been away for years. */
    public static final long VERSION_RISE_MAX = 1L << 32;

    /**
     * What to do.
     *
     * @param own version that this host goes by
     * @param there version on the datastore; empty when there is none, or it makes no sense
     */
    public static ConfigExchange of(long own, OptionalLong there) {
        if (there.isEmpty() || (there.getAsLong() >= 0 && there.getAsLong() < own)) {
            return WRITE;
        }
        if (!canFollow(own, there.getAsLong())) {
            return REFUSE;
        }
        return there.getAsLong() == own ? NOTHING : TAKE;
    }

    /** Whether a version can be one that came after another, or the same. */
    public static boolean canFollow(long own, long later) {
        return later >= own && later - Math.max(0, own) <= VERSION_RISE_MAX;
    }
}
