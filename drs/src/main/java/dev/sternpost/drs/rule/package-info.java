/**
 * Rules about which VMs run together, apart, or on which hosts: what they say, which of them cannot all be kept (told when a
 * rule is made, by name), and which are broken now.
 */
@NullMarked
package dev.sternpost.drs.rule;

import org.jspecify.annotations.NullMarked;
