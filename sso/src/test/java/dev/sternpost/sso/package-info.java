/** Tests of identities, and the contract suite that every {@code IdentityStore} passes. */
@NullMarked
package dev.sternpost.sso;

import org.jspecify.annotations.NullMarked;
