@NullMarked
package dev.sternpost.db.identity;

import org.jspecify.annotations.NullMarked;
