/** One-time tokens with which the agent of a new host gets its certificate. */
@NullMarked
package dev.sternpost.sso.enrolment;

import org.jspecify.annotations.NullMarked;
