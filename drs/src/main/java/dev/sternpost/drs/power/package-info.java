/**
 * Power management: which hosts could sleep, and which must be woken. Off unless an administrator switches it on, and only ever advice. A host
 * is put into stand-by only when it has shown that it can be woken, when everything it carries has a place elsewhere that breaks no rule,
 * and when the hosts that are left can carry the peak of all VMs and the failure that high availability plans for.
 */
@NullMarked
package dev.sternpost.drs.power;

import org.jspecify.annotations.NullMarked;
