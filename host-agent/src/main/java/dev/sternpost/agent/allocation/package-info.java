/**
 * What virtual machines are entitled to, kept true: a condition that must hold, not a task. Whoever starts or arrives gets
 * what it was allotted, and when nobody renews the order all limits fall.
 */
@NullMarked
package dev.sternpost.agent.allocation;

import org.jspecify.annotations.NullMarked;
