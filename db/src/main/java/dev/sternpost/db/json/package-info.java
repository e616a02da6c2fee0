/** Records as JSON, the form in which rows keep what the database itself need not look at. */
@NullMarked
package dev.sternpost.db.json;

import org.jspecify.annotations.NullMarked;
