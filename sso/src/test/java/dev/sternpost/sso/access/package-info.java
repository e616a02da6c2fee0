@NullMarked
package dev.sternpost.sso.access;

import org.jspecify.annotations.NullMarked;
