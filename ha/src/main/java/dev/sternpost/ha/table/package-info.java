/**
 * What a host says about its protected virtual machines, and who may run one: the words that travel between hosts.
 */
@NullMarked
package dev.sternpost.ha.table;

import org.jspecify.annotations.NullMarked;
