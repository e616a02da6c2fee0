package dev.sternpost.cli.shell;

/** A program in a guest ended with a status other than 0, which becomes the command's own. */
public final class GuestExit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    public GuestExit(int status) {
        super("the program in the guest ended with status " + status);
        this.status = status;
    }

    /** The program's exit status, as far as a process can have it: 0 to 255. */
    public int status() {
        return status & 0xff;
    }
}
