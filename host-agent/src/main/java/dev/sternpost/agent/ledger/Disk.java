package dev.sternpost.agent.ledger;

import java.io.IOException;
import java.nio.file.Path;

/** The three durable acts a ledger is made of; tests make them fail half way. */
interface Disk {

    /** Replaces a file whole: after a crash it has the old or the new content. Durable on return. */
    void write(Path file, byte[] content) throws IOException;

    /** Deletes a file if it is there. Durable at the latest with the next write to the directory. */
    void delete(Path file) throws IOException;

    /** Makes a directory with its parents. */
    void makeDirectory(Path directory) throws IOException;
}
