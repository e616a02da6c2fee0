package dev.sternpost.agent.engine.qmp;

/** Hears a QMP connection. Called on its reading thread: must return at once and must not execute commands. */
public interface QmpListener {

    /** QEMU told something. */
    void event(QmpEvent event);

    /** The connection is gone; the last call. */
    void closed();
}
