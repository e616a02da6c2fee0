package dev.sternpost.agent.engine.simulated;

/** The strings by which a test or a rehearsal pulls a simulated guest. */
public final class SimulatedGuest {

    private final SimulatedProcess process;

    SimulatedGuest(SimulatedProcess process) {
        this.process = process;
    }

    /** The guest shuts itself down. */
    public void shutDown() {
        process.guestShutsDown();
    }

    /** The guest restarts itself. */
    public void restart() {
        process.guestRestarts();
    }

    /** The guest's kernel panics. */
    public void panic() {
        process.guestPanics();
    }

    /** A disk fails. */
    public void failDisk() {
        process.diskFails();
    }

    /** What runs the guest dies. */
    public void kill() {
        process.die("killed");
    }

    /** How fast the guest writes memory, in pages of {@code 256} bytes. */
    public void dirtyPagesPerSecond(int rate) {
        process.dirtyPagesPerSecond(rate);
    }

    /** Whether the guest agent answers and the guest obeys the power button. */
    public void answers(boolean answers) {
        process.answers(answers);
    }

    /** Whether the guest has a ticker. */
    public void ticks(boolean ticks) {
        process.hasTicker(ticks);
    }

    /** What the guest has computed so far; stands still while its processors do. */
    public long instructions() {
        return process.instructions();
    }

    /** Whether its memory is whole. */
    public boolean intact() {
        return process.intact();
    }
}
