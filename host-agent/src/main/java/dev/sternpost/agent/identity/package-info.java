/**
 * Who this host is: its key, its certificate, the installation's certificate authority, and the TLS set-ups made of them.
 * Nothing is trusted on first use: before enrolment the fingerprint in the one-time token is the only anchor, afterwards
 * the stored certificate authority.
 */
@NullMarked
package dev.sternpost.agent.identity;

import org.jspecify.annotations.NullMarked;
