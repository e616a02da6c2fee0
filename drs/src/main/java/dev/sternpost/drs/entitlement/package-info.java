/**
 * Entitlement: what each VM should get now, from reservation, limit, shares and demand, over a tree of resource pools; and
 * whether one more reservation may be promised. Capacity is filled in like water: everybody rises together, by shares, until
 * their own limit or demand stops them (Waldspurger, Memory Resource Management in VMware ESX Server, 2002, and Gulati et
 * al., VMware Distributed Resource Management, 2012, describe the model).
 *
 * <p>One resource at a time, in one unit throughout: MHz of CPU or bytes of memory.
 */
@NullMarked
package dev.sternpost.drs.entitlement;

import org.jspecify.annotations.NullMarked;
