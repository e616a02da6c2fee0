@NullMarked
package dev.sternpost.sso.enrolment;

import org.jspecify.annotations.NullMarked;
