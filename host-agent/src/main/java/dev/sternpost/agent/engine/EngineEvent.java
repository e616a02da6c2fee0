package dev.sternpost.agent.engine;

/** Something that happened to a running virtual machine by itself. An event that ends it comes once and last. */
public sealed interface EngineEvent {

    /** The virtual machine. */
    String vmId();

    /** One sentence for people. */
    String detail();

    /** Whether the virtual machine has ended: its process, sockets and network ports are gone. */
    default boolean ended() {
        return switch (this) {
            case GuestShutdown _, EngineDied _ -> true;
            case GuestReset _, GuestPanicked _, IoError _, Resumed _, Stopped _ -> false;
        };
    }

    /** The guest shut itself down; the process has ended in good order. */
    record GuestShutdown(String vmId, String detail) implements EngineEvent {}

    /** The guest restarted itself, or was reset. */
    record GuestReset(String vmId, String detail) implements EngineEvent {}

    /** The guest's kernel panicked; its virtual CPUs are stopped and its memory is kept for a look. */
    record GuestPanicked(String vmId, String detail) implements EngineEvent {}

    /** The process ended without the guest having asked for it. */
    record EngineDied(String vmId, String detail) implements EngineEvent {}

    /** A disk failed; the virtual CPUs are stopped until {@link RunningVm#resume}. */
    record IoError(String vmId, String detail) implements EngineEvent {}

    /** The virtual CPUs run again. */
    record Resumed(String vmId, String detail) implements EngineEvent {}

    /** The virtual CPUs stopped. */
    record Stopped(String vmId, String detail) implements EngineEvent {}
}
