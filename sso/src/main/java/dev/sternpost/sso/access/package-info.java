/** Who may do what: privileges and the one place that is asked. */
@NullMarked
package dev.sternpost.sso.access;

import org.jspecify.annotations.NullMarked;
