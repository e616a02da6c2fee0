/** Login and logout. */
@NullMarked
package dev.sternpost.cli.session;

import org.jspecify.annotations.NullMarked;
