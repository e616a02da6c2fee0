/**
 * Switching machines on and off from afar: one interface, and a way behind it for each method that an administrator can choose. Who
 * asks is told apart what must be told apart: done, already so, wrong credentials, nobody answers. Passwords are kept sealed and
 * opened only here.
 */
@NullMarked
package dev.sternpost.server.powercontrol;

import org.jspecify.annotations.NullMarked;
