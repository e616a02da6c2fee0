package dev.sternpost.agent.availability.store;

import java.io.IOException;
import java.util.Optional;

/**
 * Named slots that hosts share. Every operation goes to the storage itself, past every cache of this host, and may take as long as that takes.
 * Instances may be used by several threads at once.
 *
 * <p>One host at a time is expected to write a slot. Where two do, one of the two writes remains, as if the other had come before it.
 */
public interface SlotStore {
    /** Longest content, in bytes of UTF-8: that of the longest record. */
    int CONTENT_BYTES_MAX = 256 * 1024;

    /**
     * What a slot says; empty when it was never written, or what is there is damaged beyond use.
     *
     * @throws IOException when the store is not there or does not answer: that says nothing about the slot
     */
    Optional<String> read(String slot) throws IOException;

    /**
     * Replaces what a slot says. When this returns it is on the disk; after a crash in the middle the slot says the old or the new. A slot that
     * was written once can be written again on a full datastore.
     *
     * @throws IOException when it may not have been written; it may also still be
     * @throws IllegalArgumentException when the content is too long
     */
    void write(String slot, String content) throws IOException;
}
