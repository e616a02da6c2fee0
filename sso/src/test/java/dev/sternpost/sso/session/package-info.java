@NullMarked
package dev.sternpost.sso.session;

import org.jspecify.annotations.NullMarked;
