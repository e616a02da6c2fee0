package dev.sternpost.agent.vmdirectory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The unprivileged user that virtual machines run as, and to whom their disks belong.
 *
 * @param uid user and group number; that of the agent itself when it is not root
 * @param changes whether files have to be given to that user
 */
public record FileOwner(int uid, boolean changes) {

    /** The user when the agent is root: files are given to it. */
    public static FileOwner unprivileged(int uid) {
        return new FileOwner(uid, true);
    }

    /** The agent's own user: files belong to it already. */
    public static FileOwner self() {
        return new FileOwner(-1, false);
    }

    /** Gives a file or directory to the user. */
    public void own(Path path) throws IOException {
        if (changes) {
            Files.setAttribute(path, "unix:gid", uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
