/**
 * The inventory tree as an administrator shapes it: datacenters, folders, clusters, and what is moved between them. Each use
 * case is one commit, done when the call returns; none is a task.
 */
@NullMarked
package dev.sternpost.server.tree;

import org.jspecify.annotations.NullMarked;
