package dev.sternpost.agent.ledger;

import java.io.IOException;

/**
 * Something that happened to a virtual machine, or to the host, by itself, kept until the server has stored it.
 *
 * @param number number of the event on this host; rises by one and is never used twice
 * @param vmId the virtual machine; empty when it is about the host
 * @param generation generation it ran under
 * @param kind word of the agent protocol, such as "engineDied"
 * @param detail one sentence for people
 * @param epochMillis when it happened, milliseconds since the epoch; 0 when not known
 */
public record EventRecord(long number, String vmId, long generation, String kind, String detail, long epochMillis) {

    private static final String KIND = "sternpost event 1";

    byte[] format() {
        return new Fields(KIND)
                .put("number", number)
                .put("vm", vmId)
                .put("generation", generation)
                .put("kind", kind)
                .put("detail", detail)
                .put("time", epochMillis)
                .format();
    }

    static EventRecord parse(byte[] content) throws IOException {
        Fields fields = Fields.parse(KIND, content);
        return new EventRecord(
                fields.number("number"),
                fields.text("vm"),
                fields.number("generation"),
                fields.text("kind"),
                fields.text("detail"),
                fields.has("time") ? fields.number("time") : 0);
    }
}
