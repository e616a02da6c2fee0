package dev.sternpost.agent.availability.guard;

import dev.sternpost.agent.availability.store.DirectorySlotStore;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Happening;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** A guard that lives in the test's process. */
public final class GuardInProcess implements GuardLine {
    private final GuardRunner runner;
    private final Listener listener;

    /** @param killer kills virtual machines and returns those that still live */
    public GuardInProcess(
            GuardFiles files, GuardSetup setup, Listener listener, Function<Collection<String>, List<String>> killer) {
        this.listener = listener;
        this.runner = new GuardRunner(
                setup,
                files,
                new DirectorySlotStore(setup.slots()),
                killer,
                Watchdog.NONE,
                BootClock::millis,
                new GuardRunner.Listener() {
                    @Override
                    public void lease(Effect.LeaseIs lease) {
                        listener.lease(lease);
                    }

                    @Override
                    public void happened(Happening happening) {
                        listener.happened(happening);
                    }
                });
    }

    @Override
    public void start() {
        runner.start();
        listener.fence(true, "in the test's process");
    }

    @Override
    public void agentLives(boolean isolated) {
        runner.agentSays(isolated);
    }

    @Override
    public boolean isUp() {
        return true;
    }

    /** As if it had been killed. */
    public void die() {
        runner.close();
    }

    @Override
    public void end() {
        runner.close();
    }

    @Override
    public void close() {}
}
