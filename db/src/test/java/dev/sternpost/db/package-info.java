@NullMarked
package dev.sternpost.db;

import org.jspecify.annotations.NullMarked;
