@NullMarked
package dev.sternpost.sso.login;

import org.jspecify.annotations.NullMarked;
