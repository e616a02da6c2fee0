package dev.sternpost.server.certificate;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * Where keys and certificates lie.
 *
 * @param directory usually {@code ca} in the server's home
 * @param serverNames DNS names and IP addresses the server is reached under
 */
public record CertificateFiles(Path directory, Collection<String> serverNames) {
    public CertificateFiles {
        serverNames = List.copyOf(serverNames);
    }
}
