package dev.sternpost.sso;

/** Where random secrets come from; a cryptographic source in the server, a counted one in tests. */
@FunctionalInterface
public interface SecretSource {
    /** As many random bytes. */
    byte[] bytes(int count);
}
