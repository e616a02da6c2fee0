package dev.sternpost.server.host;

import dev.sternpost.inventory.HostId;
import dev.sternpost.server.availability.HaHappening;
import java.util.List;

/**
 * What agents report. Called by the agent link, for each host one call after the other and only for its newest stream; a call
 * returns when the report is stored.
 */
public interface HostReports {

    /**
     * The agent has said Hello.
     *
     * @param incarnation number of the agent's start
     * @return false when a later incarnation was seen already: the stream is refused
     */
    boolean connected(HostId hostId, long incarnation, String agentVersion);

    /** The agent said something; keeps the host connected. Cheap. */
    void heard(HostId hostId);

    void described(HostId hostId, HostDescription description);

    /** Every VM the agent knows; one that is missing is not there. */
    void inventory(HostId hostId, List<VmObservation> vms);

    void observed(HostId hostId, VmObservation vm);

    /** Stored once by its number; the link acknowledges it afterwards. */
    void happened(HostId hostId, VmHappening happening);

    /** Stored once by its number, like the others. */
    void happened(HostId hostId, HaHappening happening);

    /** The stream has ended. */
    void streamEnded(HostId hostId, long incarnation);
}
