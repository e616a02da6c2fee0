/**
 * Tasks in the server: the runner of module {@code task} wired to threads, time and transactions, and what callers may
 * do with tasks. Tasks have an end; this package files none itself.
 */
@NullMarked
package dev.sternpost.server.work;

import org.jspecify.annotations.NullMarked;
