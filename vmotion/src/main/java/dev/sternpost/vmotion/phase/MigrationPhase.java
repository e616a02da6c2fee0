package dev.sternpost.vmotion.phase;

import java.util.Arrays;
import java.util.Optional;

/** The seven phases of a live migration in order, each with the task step that completes it. */
public enum MigrationPhase {
    SHADOW_VM("prepare-target", "Shadow VM created on the target"),
    DIRTY_BITMAP("start-precopy", "Dirty bitmap on at the source"),
    MEMORY_COPY("await-convergence", "Memory copied in rounds"),
    SWITCHOVER("switch-over", "Guest stopped, last bitmap copied"),
    ACTIVATION("activate-target", "Guest running on the target"),
    MAC_MOVED("announce", "MAC address moved to the new port"),
    SOURCE_DELETED("release-source", "Source deleted");

    private final String step;
    private final String title;

    MigrationPhase(String step, String title) {
        this.step = step;
        this.title = title;
    }

    /** 1 to 7. */
    public int number() {
        return ordinal() + 1;
    }

    /** Name of the task step whose end completes the phase. */
    public String step() {
        return step;
    }

    /** The phase in words. */
    public String title() {
        return title;
    }

    /** The phase that a step completes; empty for steps between phases. */
    public static Optional<MigrationPhase> completedBy(String step) {
        return Arrays.stream(values()).filter(phase -> phase.step.equals(step)).findFirst();
    }
}
