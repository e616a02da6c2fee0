package dev.sternpost.agent.availability;

import dev.sternpost.agent.availability.guard.GuardFiles;
import dev.sternpost.agent.availability.guard.GuardLine;
import dev.sternpost.agent.availability.guard.GuardSetup;
import dev.sternpost.agent.datastore.DatastoreRegistry;
import dev.sternpost.agent.relay.Relay;
import dev.sternpost.ha.timing.HaTiming;
import dev.sternpost.inventory.HostId;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * What a host has for high availability.
 *
 * @param home of the agent, for what outlives the machine
 * @param runDirectory of the engine
 * @param incarnation of this agent
 * @param watchdog device of the machine's watchdog; empty for none
 * @param clock milliseconds since the machine was switched on
 * @param guards makes the line to a guard
 * @param journal keeps what happened for the server
 * @param reader understands what the server says
 */
public record MembershipKit(
        HostId hostId,
        Path home,
        Path runDirectory,
        long incarnation,
        DatastoreRegistry datastores,
        Relay relay,
        String watchdog,
        LongSupplier clock,
        Guards guards,
        Journal journal,
        Plan.Source.Reader reader) {

    /** What the guard of this host is told. */
    GuardSetup setup(Path slots, HaTiming timing) {
        boolean patient = timing.equals(HaTiming.PATIENT);
        return new GuardSetup(hostId, slots, patient, runDirectory, watchdog, System.getProperty("java.class.path"));
    }

    /** Makes the line to a guard. */
    @FunctionalInterface
    public interface Guards {
        GuardLine line(GuardFiles files, GuardSetup setup, GuardLine.Listener listener);
    }

    /** Keeps what happened for the server. */
    @FunctionalInterface
    public interface Journal {
        /**
         * @param vmId the virtual machine it is about; empty for none
         * @param kind word of the agent protocol
         * @param detail one sentence
         */
        void happened(String vmId, long generation, String kind, String detail);
    }
}
