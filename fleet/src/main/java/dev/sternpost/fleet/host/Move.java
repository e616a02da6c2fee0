package dev.sternpost.fleet.host;

/**
 * A live migration that a virtual machine is part of.
 *
 * @param id of the migration
 * @param peerHostId the other end
 * @param nextGeneration what its generation is after the hand-over
 * @param pauseMillis how long the guest stood still; 0 until it is known
 */
record Move(String id, String peerHostId, long nextGeneration, double pauseMillis) {
    Move paused(double millis) {
        return new Move(id, peerHostId, nextGeneration, millis);
    }
}
