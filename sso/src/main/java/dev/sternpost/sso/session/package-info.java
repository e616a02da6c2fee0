/** Logins in use: opaque bearer tokens, their expiry, renewal and end. */
@NullMarked
package dev.sternpost.sso.session;

import org.jspecify.annotations.NullMarked;
