/** Who may do what: principals, sessions, tokens, privileges, roles and the permission check. */
@NullMarked
package dev.sternpost.sso;

import org.jspecify.annotations.NullMarked;
