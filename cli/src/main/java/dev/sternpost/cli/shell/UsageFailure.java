package dev.sternpost.cli.shell;

/** The command line cannot be understood. */
public final class UsageFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The message names what is wrong with which argument. */
    public UsageFailure(String message) {
        super(message);
    }
}
