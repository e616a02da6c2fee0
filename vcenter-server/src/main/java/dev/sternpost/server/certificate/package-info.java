/**
 * The installation's own certificate authority: the server's certificate, hosts' certificates, enrolment of new agents.
 *
 * <p>Keys lie in files of the server's home and never leave it; what was issued and withdrawn is in the identity store.
 */
@NullMarked
package dev.sternpost.server.certificate;

import org.jspecify.annotations.NullMarked;
