package dev.sternpost.cli.host;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.CommandFailure;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.PowerWords;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.Times;
import dev.sternpost.cli.shell.Values;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.power.v1.HostPower;
import dev.sternpost.proto.power.v1.ListHostPowerRequest;
import dev.sternpost.proto.power.v1.PowerLevel;
import dev.sternpost.proto.power.v1.UpdateHostPowerRequest;
import dev.sternpost.proto.power.v1.WakeTest;
import dev.sternpost.sdk.SternpostSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** How hosts are woken and what is known of it: shows it, or changes it for one host when an option says what. */
final class HostPowerSettings extends ServerVerb {
    private final UpdateHostPowerRequest.Builder wish = UpdateHostPowerRequest.newBuilder();

    @Override
    protected void declare(Syntax syntax) {
        syntax.describe("Show how hosts are woken and whether they do, or change what the options name for one host.")
                .example("sternpost host power")
                .example("sternpost host power host-3 --method command")
                .example("sternpost host power host-3 --method wake-on-lan --mac 52:54:00:12:34:56")
                .example("sternpost host power host-3 --method redfish --address https://bmc-3.example --user root"
                        + " --password-file bmc.txt --trust-file bmc.pem")
                .example("sternpost host power host-3 --method ipmi --address bmc-3.example --user fence"
                        + " --password-file bmc.txt")
                .example("sternpost host power host-3 --level off")
                .optionalArgument("HOST", "Host or cluster (name, path or id). Default: all hosts.", wish::setHost)
                .option(
                        "--method",
                        "METHOD",
                        "none, wake-on-lan, redfish, ipmi, or command (as the server's administrator configured it).",
                        text -> wish.setMethod(PowerWords.method(text)))
                .option(
                        "--address",
                        "ADDRESS",
                        "Of its management controller: a URL for redfish, host or host:port for ipmi.",
                        wish::setAddress)
                .option("--user", "NAME", "At its management controller, for redfish and ipmi.", wish::setUserName)
                .option(
                        "--password-file",
                        "FILE",
                        "The password at its management controller is the first line of it.",
                        text -> read(
                                text,
                                content -> wish.setPassword(
                                        content.lines().findFirst().orElse(""))))
                .option(
                        "--trust-file",
                        "FILE",
                        "Certificates of the authority of its management controller, in PEM; for redfish.",
                        text -> read(text, wish::setTrust))
                .option(
                        "--fingerprint",
                        "SHA256",
                        "Of the certificate of its management controller; instead of --trust-file.",
                        text -> wish.setTrust(text.startsWith("sha256:") ? text : "sha256:" + text))
                .option("--mac", "ADDRESS", "Of the card that wakes it, for wake-on-lan.", wish::setMacAddress)
                .option(
                        "--level",
                        "LEVEL",
                        "off, manual or automatic for this host alone; cluster for what its cluster says.",
                        this::level);
    }

    private void level(String text) {
        if (text.equals("cluster")) {
            wish.setClearOverride(true);
        } else {
            wish.setOverrideLevel(
                    Values.choice(PowerWords.LevelWord.class, text).level());
        }
    }

    private static void read(String file, Consumer<String> setter) {
        Path path = Path.of(file);
        try {
            setter.accept(Files.readString(path));
        } catch (IOException e) {
            throw CommandFailure.ofFile(ExitCode.NOT_FOUND, path, "read", e);
        }
    }

    @Override
    protected ExitCode run(SternpostSession session) {
        UpdateHostPowerRequest request = wish.build();
        boolean asks = request.equals(
                UpdateHostPowerRequest.newBuilder().setHost(request.getHost()).build());
        List<HostPower> hosts = asks
                ? session.call(() -> session.power()
                                .listHostPower(ListHostPowerRequest.newBuilder()
                                        .setParent(request.getHost())
                                        .build()))
                        .getHostsList()
                : List.of(session.call(() -> session.power().updateHostPower(request))
                        .getPower());
        print(
                new Table<HostPower>()
                        .column("HOST", HostPower::getHostName)
                        .column("MODE", host -> Words.of(host.getMode()))
                        .column("METHOD", host -> PowerWords.of(host.getMethod()))
                        .column("AT", HostPowerSettings::where)
                        .column("LEVEL", HostPowerSettings::level)
                        .column("WAKE TEST", HostPowerSettings::test)
                        .column("LEFT ALONE", HostPower::getLeftAlone),
                hosts);
        return ExitCode.DONE;
    }

    private static String where(HostPower host) {
        return host.getMacAddress()
                + (host.getUserName().isEmpty() ? "" : host.getUserName() + " at ")
                + host.getAddress();
    }

    private static String level(HostPower host) {
        return PowerWords.of(host.getLevel())
                + (host.getOverrideLevel() == PowerLevel.POWER_LEVEL_UNSPECIFIED ? "" : " (its own)");
    }

    private static String test(HostPower host) {
        WakeTest test = host.getLastTest();
        return !host.hasLastTest()
                ? ""
                : test.getPassed()
                        ? "woke in %s at %s"
                                .formatted(
                                        Times.format(Duration.ofMillis(test.getWakeMs())), Times.format(test.getTime()))
                        : "did not wake at " + Times.format(test.getTime());
    }
}
