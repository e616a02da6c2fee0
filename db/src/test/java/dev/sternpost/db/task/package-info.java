@NullMarked
package dev.sternpost.db.task;

import org.jspecify.annotations.NullMarked;
