package dev.sternpost.fleet.host;

/**
 * What the lock file in a virtual machine's directory says.
 *
 * @param hostId who may run it
 * @param generation under which generation
 */
record Lock(String hostId, long generation) {}
