package dev.sternpost.sso.login;

/** A slow one-way function for passwords. */
public interface PasswordHash {
    /** Hash with parameters and a fresh salt, as text. */
    String hash(char[] password);

    /** Whether the password is the one that was hashed. Takes as long for a wrong one as for the right one. */
    boolean matches(char[] password, String hash);
}
