package dev.sternpost.agent.ledger;

/** What the ledger believes a virtual machine to be doing. */
public enum LedgerState {
    /** Off. No process. */
    OFF,
    /** Being started by a command that has not been recorded as done. Nobody has been told that it runs. */
    STARTING,
    /** On: its process runs, or has died without this agent having noticed yet. */
    ON,
    /** Being stopped by a command that has not been recorded as done. */
    STOPPING,
    /** Off, its memory in a file. */
    SUSPENDED,
    /** Shadow of a live migration. Must not run unless the lock names this host with the next generation. */
    INCOMING,
    /** Stopped after a live migration; its process waits to be released. Must never run here again. */
    HANDED_OVER,
    /** Not here any more. Kept for its generation, so that an old command cannot bring it back. */
    GONE
}
