package dev.sternpost.agent.main;

/** The agent's version, as the server shows it. */
final class Version {

    static final String TEXT = "0.1.0";

    private Version() {}
}
