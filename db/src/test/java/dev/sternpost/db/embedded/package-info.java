@NullMarked
package dev.sternpost.db.embedded;

import org.jspecify.annotations.NullMarked;
