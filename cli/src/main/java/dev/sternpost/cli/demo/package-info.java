/** The demonstration: two virtual machines, a live migration under load there and back, and what the guests saw. */
@NullMarked
package dev.sternpost.cli.demo;

import org.jspecify.annotations.NullMarked;
