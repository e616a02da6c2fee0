package dev.sternpost.sdk;

/** Codes of the faults that the client finds by itself; their number is 0. */
public final class ClientFault {
    /** No connection to the server, or it broke; kind UNREACHABLE. */
    public static final String SERVER_UNREACHABLE = "SERVER_UNREACHABLE";

    /** The server's certificate was not signed by the CA that was given, or does not name the address; kind PERMISSION. */
    public static final String CERTIFICATE_REFUSED = "CERTIFICATE_REFUSED";

    /** No answer within the time that the caller gave; kind UNREACHABLE. */
    public static final String CALL_TIMED_OUT = "CALL_TIMED_OUT";

    /** The caller's own thread gave up; kind CALLER. */
    public static final String CALL_CANCELLED = "CALL_CANCELLED";

    /** The server does not know the call; kind CALLER. */
    public static final String CALL_UNKNOWN = "CALL_UNKNOWN";

    /** The server failed without saying how; kind INTERNAL. */
    public static final String CALL_FAILED = "CALL_FAILED";

    /** A task did not end within the time that the caller was ready to wait; it goes on. Kind UNREACHABLE. */
    public static final String TASK_NOT_ENDED = "TASK_NOT_ENDED";

    private ClientFault() {}
}
