package dev.sternpost.agent.engine;

import java.nio.file.Path;
import java.util.List;

/** What the contract suite needs to know about one engine, and the guest it uses there. */
public interface EngineHarness extends AutoCloseable {

    /** An engine of a host; the same number gives another engine over the same run directory, as after a restart. */
    HypervisorEngine engine(int host);

    /** A virtual machine whose guest obeys the calls below; its directory is seen by all hosts. */
    VmLaunch launch(String vmId, LaunchMode mode);

    /** A virtual machine whose guest ticks; skips the test when this engine has none here. */
    VmLaunch tickingLaunch(String vmId, LaunchMode mode);

    /** Waits until the guest has booted. */
    void awaitGuest(RunningVm vm);

    /** Passes only when the guest works. */
    void requireGuestWorks(RunningVm vm);

    void guestShutsDown(RunningVm vm);

    void guestRestarts(RunningVm vm);

    /** Kills what runs the virtual machine from outside. */
    void kill(RunningVm vm);

    /** All that is left on a host: processes, sockets, ports, control groups. */
    List<String> leftovers(int host);

    /** Where a test may put files. */
    Path scratch();

    @Override
    void close();
}
