/** Rows of accounts, sessions, enrolment tokens and host certificates. */
@NullMarked
package dev.sternpost.db.identity;

import org.jspecify.annotations.NullMarked;
