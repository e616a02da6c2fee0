package dev.sternpost.cli.vm;

import dev.sternpost.cli.shell.Noun;

/** sternpost vm ... */
public final class VmCommands {
    private VmCommands() {}

    /** The noun with its verbs. */
    public static Noun noun() {
        return new Noun("vm", "Virtual machines: create, power, move, look inside.")
                .with("ls", VmRead.Ls::new)
                .with("show", VmRead.Show::new)
                .with("stats", VmStatistics::new)
                .with("create", VmCreate::new)
                .with("reconfigure", VmReconfigure::new)
                .with("rename", VmLife.Rename::new)
                .with("on", VmPower.On::new)
                .with("off", VmPower.Off::new)
                .with("shutdown", VmPower.Shutdown::new)
                .with("reset", VmPower.Reset::new)
                .with("suspend", VmPower.Suspend::new)
                .with("resume", VmPower.Resume::new)
                .with("delete", VmLife.Delete::new)
                .with("register", VmLife.Register::new)
                .with("unregister", VmLife.Unregister::new)
                .with("migrate", VmMigrate::new)
                .with("exec", VmGuest.Exec::new)
                .with("console", VmGuest.Console::new)
                .with("screenshot", VmGuest.Screenshot::new);
    }
}
