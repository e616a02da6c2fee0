/** Proving who one is with a password: hashes, the brake on guessing, the first password. */
@NullMarked
package dev.sternpost.sso.login;

import org.jspecify.annotations.NullMarked;
