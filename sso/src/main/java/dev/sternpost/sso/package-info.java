/**
 * Who may use the installation and how it is known: accounts, sessions, enrolment tokens, host certificates.
 *
 * <p>This package holds the nouns and the port {@link dev.sternpost.sso.IdentityStore}; what is done with them is in the
 * packages below it: {@code login}, {@code session}, {@code access}, {@code enrolment}.
 */
@NullMarked
package dev.sternpost.sso;

import org.jspecify.annotations.NullMarked;
