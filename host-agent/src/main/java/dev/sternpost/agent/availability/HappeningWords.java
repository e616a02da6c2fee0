package dev.sternpost.agent.availability;

import dev.sternpost.ha.port.Happening;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something that happened, in the words of the agent protocol.
 *
 * @param kind such as "haLeaseLost"
 * @param vmId the virtual machine that the sentence begins with; empty for none
 */
record HappeningWords(String kind, String vmId, String detail) {
    private static final Pattern SUBJECT = Pattern.compile("^(vm-[0-9]+)\\b");

    static HappeningWords of(Happening happening) {
        Matcher subject = SUBJECT.matcher(happening.words());
        return new HappeningWords(
                ProtocolWords.word("HA_" + happening.kind().name()),
                subject.find() ? subject.group(1) : "",
                happening.words());
    }
}
