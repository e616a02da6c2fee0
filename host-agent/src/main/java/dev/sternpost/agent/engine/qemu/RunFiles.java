package dev.sternpost.agent.engine.qemu;

import java.nio.file.Path;

/** Where things of one running virtual machine lie. */
record RunFiles(Path directory) {

    static RunFiles of(Path runDirectory, String vmId) {
        return new RunFiles(runDirectory.resolve(vmId));
    }

    /** The agent's monitor. */
    Path monitor() {
        return directory.resolve("qmp");
    }

    /** A second monitor for a person, since a monitor serves one client at a time. */
    Path rescueMonitor() {
        return directory.resolve("qmp2");
    }

    Path guestAgent() {
        return directory.resolve("ga");
    }

    Path probe() {
        return directory.resolve("probe");
    }

    Path console() {
        return directory.resolve("con");
    }

    Path vnc() {
        return directory.resolve("vnc");
    }

    Path pidFile() {
        return directory.resolve("pid");
    }

    Path output() {
        return directory.resolve("out");
    }

    /** Outside the directory, which belongs to the user QEMU runs as: what is written here is believed. */
    Path record() {
        return directory.resolveSibling(directory.getFileName() + ".json");
    }

    Path screenshot() {
        return directory.resolve("screen.png");
    }

    /** Socket through which memory goes to a file and comes back. */
    Path memoryStream() {
        return directory.resolve("mem");
    }
}
