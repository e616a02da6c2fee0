"""Boots the guest in several machines and tries what README.md promises; started by ../test.sh."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from machine import Failure, LineSocket, Machine, await_value

READY_SECONDS_MAX = 60  # wide: the machine may be busy; the measured figure is printed
passed = failed = 0


def check(name, condition, detail=""):
    """Counts one check and prints it; goes on either way."""
    global passed, failed
    if condition:
        passed += 1
    else:
        failed += 1
    print(f"{'ok  ' if condition else 'FAIL'} {name}{': ' + str(detail) if detail != '' else ''}", flush=True)


def overlay_of(image, directory, name):
    """A throw-away disk on top of the image."""
    path = os.path.join(directory, name + ".qcow2")
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", os.path.abspath(image), "-F", "qcow2", path], check=True)
    return path


def ticks(connection, seconds):
    """(sequence, monotonic ns, arrival seconds) of every tick that comes in this time."""
    found, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        line = connection.line(end - time.monotonic())
        match = re.fullmatch(r"t (\d+) (\d+) (\d+)", line or "")
        if match:
            found.append((int(match.group(1)), int(match.group(2)), time.monotonic()))
    return found


def holes(found):
    return sum(later[0] - earlier[0] - 1 for earlier, later in zip(found, found[1:]))


def longest_gap_millis(found):
    return max(1000 * (later[2] - earlier[2]) for earlier, later in zip(found, found[1:]))


def await_pong(connection, token, seconds_max):
    def pong():
        connection.send(f"ping {token}\n")
        line = connection.line(0.5)
        while line is not None and line != f"pong {token}":
            line = connection.line(0.5)
        return line is not None

    await_value(f"pong {token}", pong, seconds_max)


def boot(machine, label):
    machine.connect()
    seconds, addresses, uptime, host = machine.await_ready_line(READY_SECONDS_MAX)
    agent_seconds = machine.agent.ready(READY_SECONDS_MAX) and time.monotonic() - machine.begun
    check(f"{label}: boots and says so", True, f"ready line after {seconds:.1f} s (kernel {uptime:.1f} s), agent after {agent_seconds:.1f} s")
    return addresses, host


def try_agent_and_network(machine, addresses, host):
    machine.agent.call("guest-ping")
    found = machine.agent.addresses()
    check("the guest agent reports the address of the DHCP server", found.get("eth0") == ["10.0.2.15"], found)
    check("the ready line has the same address", addresses == "10.0.2.15", addresses)
    name = machine.agent.call("guest-get-host-name")["host-name"]
    check("the host name comes from fw_cfg", name == "web-1" and host == "web-1", name)
    systems = machine.agent.call("guest-get-fsinfo")
    check("the root is an ext4 file system", any(s["mountpoint"] == "/" and s["type"] == "ext4" for s in systems))
    frozen = machine.agent.call("guest-fsfreeze-freeze")
    thawed = machine.agent.call("guest-fsfreeze-thaw")
    check("file systems freeze and thaw", frozen >= 1 and thawed == frozen, f"{frozen} frozen")


def try_load(machine):
    agent = machine.agent
    status, reply = agent.load("dirty", "--bytes", "8G")
    check("a hot set larger than memory is refused", status == 1 and reply["ok"] is False, reply.get("error"))
    status, reply = agent.load("dirty", "--bytes", "16M", "--colour", "red")
    check("an unknown option is a usage error", status == 2, reply)
    status, reply = agent.load("status")
    check("a question without a load fails with advice", status == 1 and "start dirty" in reply["error"])

    status, reply = agent.load("start", "dirty", "--bytes", "16M", "--rate", "8M")
    check("a load starts in the background", status == 0 and reply["ok"], reply)
    status, reply = agent.load("start", "dirty", "--bytes", "16M")
    check("a second load of the same name is refused", status == 1, reply.get("error"))
    await_value("two seconds of load", lambda: agent.load("status")[1]["runningSeconds"] > 2, 30)
    status, reply = agent.load("status")
    share = reply["bytesPerSecond"] / (8 << 20)  # a busy machine may starve the guest, but it never runs ahead
    check("it keeps its rate", 0.8 < share < 1.03, f"{100 * share:.1f} % of 8 MiB/s")
    status, reply = agent.load("verify")
    check("the pattern verifies while it is written", status == 0 and reply["ok"] and reply["pages"] == 4096, reply)
    agent.load("pause")
    first, second = agent.load("sum")[1]["digest"], agent.load("sum")[1]["digest"]
    agent.load("resume")
    await_value("a write", lambda: agent.load("sum")[1]["digest"] != second, 10)
    check("the digest rests while paused and moves afterwards", first == second, first)
    for damage in ("bit", "lost-write"):
        agent.load("corrupt", damage)
        status, reply = agent.load("verify")
        check(f"verify finds a damage of kind {damage}", status == 1 and not reply["ok"] and reply["badPages"] >= 1, reply["reason"])
        agent.load("stop")
        await_value("the load to end", lambda: agent.load("status")[0] == 1, 10)
        agent.load("start", "dirty", "--bytes", "16M", "--rate", "8M")
    agent.load("stop")
    status, output = agent.run("/usr/bin/guest-load", "dirty", "--bytes", "8M", "--pattern", "cyclic", "--write", "page", "--seconds", "1")
    lines = output.splitlines()
    check("a load in the foreground ends by itself and verifies", status == 0 and len(lines) == 2 and '"ok":true' in lines[1], lines[0])


def ticker_at(machine, sequence):
    _, reply = machine.agent.load("status", "--name", "tick")
    return reply if reply.get("sequence", 0) >= sequence else None


def try_tickers(machine):
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(5)
    machine.agent.load("start", "tick", "--to", f"udp:10.0.2.2:{receiver.getsockname()[1]}", "--interval-ms", "20", "--count", "50")
    numbers = [int(receiver.recv(200).split()[1]) for _ in range(50)]
    receiver.close()
    check("fifty ticks come over UDP in order", numbers == list(range(1, 51)))
    await_value("the ticker to end", lambda: machine.agent.load("status", "--name", "tick")[0] == 1, 10)
    machine.agent.load("start", "tick", "--to", "udp:10.0.2.255:9")
    reply = await_value("ten broadcast ticks", lambda: ticker_at(machine, 10), 10)
    check("ticks are broadcast", reply["lost"] == 0, f"{reply['sequence']} sent, {reply['lost']} lost")
    machine.agent.load("stop", "--name", "tick")
    await_value("the ticker to end", lambda: machine.agent.load("status", "--name", "tick")[0] == 1, 10)
    machine.agent.load("tick", "--to", "serial", "--count", "20", "--interval-ms", "5")

    def serial_numbers():
        return [int(number) for number in re.findall(r"^t (\d+) \d+ \d+$", machine.console(), re.M)]

    await_value("twenty ticks on the serial console", lambda: len(serial_numbers()) >= 20, 10)
    check("twenty ticks come on the serial console in order", serial_numbers() == list(range(1, 21)))


def try_probe(machine):
    probe = machine.probe
    await_pong(probe, "one", 10)
    check("the probe answers a ping", True)
    probe.send("nonsense\n")
    check("the probe explains what it does not know", (probe.line(5) or "").startswith("error "))
    probe.send("start 10\n")
    found = ticks(probe, 3)
    check("ticks of 10 ms come without holes", len(found) > 150 and holes(found) == 0, f"{len(found)} in 3 s, longest gap {longest_gap_millis(found):.0f} ms")
    probe.send("stop\n")
    ticks(probe, 0.5)
    check("stop stops", not ticks(probe, 0.5))

    last = found[-1][0]
    probe.close()
    used = machine.cpu_percent(4)
    check("an idle guest without a listening host uses little processor time", used < 4, f"{used:.1f} % of a core")
    probe = machine.probe = LineSocket(machine.path("probe"))
    await_pong(probe, "two", 5)
    probe.send("start 10\n")
    found = ticks(probe, 0.5)
    check("a new connection is served and the sequence goes on", bool(found) and found[0][0] > last, f"{last} -> {found[0][0] if found else None}")
    probe.send("stop\n")
    ticks(probe, 0.5)
    used = machine.cpu_percent(5)
    check("an idle guest uses little processor time", used < 4, f"{used:.1f} % of a core")


def migrate(source, target, directory):
    """Live migration over a unix socket with the return path; milliseconds and downtime as QEMU tells them."""
    for machine in (source, target):
        machine.monitor.call("migrate-set-capabilities", capabilities=[
            {"capability": "events", "state": True}, {"capability": "return-path", "state": True}])
    source.monitor.call("migrate-set-parameters", **{"max-bandwidth": 1000000000, "downtime-limit": 200})
    uri = "unix:" + os.path.join(directory, "migration")
    target.monitor.call("migrate-incoming", uri=uri)
    source.monitor.call("migrate", uri=uri)


def migration_ended(source):
    information = source.monitor.call("query-migrate")
    if information.get("status") in ("failed", "cancelled"):
        raise Failure(f"migration {information}")
    return information if information.get("status") == "completed" else None


def try_migration(source, disk, directory):
    status, reply = source.agent.load("start", "dirty", "--bytes", "32M", "--rate", "10M")
    check("the load for the migration starts", status == 0, reply)
    source.probe.send("start 5\n")
    ticks(source.probe, 0.5)
    with Machine(directory, "target", disk, hostname="web-1", incoming=True) as target:
        target.connect()
        migrate(source, target, directory)
        found = []

        def look():
            found.extend(ticks(source.probe, 0.05))
            return migration_ended(source)

        information = await_value("the migration", look, 60)
        found.extend(ticks(source.probe, 0.1))
        source_last = found[-1][0]
        arrived = ticks(target.probe, 1.5)
        found.extend(arrived)
        check("the guest ticks on at the target", len(arrived) > 50, f"{source_last} -> {arrived[0][0] if arrived else None}")
        check("no tick is lost or repeated over the migration", holes(found) == 0 and all(b[0] > a[0] for a, b in zip(found, found[1:])),
              f"{len(found)} ticks, {information['total-time']} ms, QEMU's downtime {information['downtime']} ms, "
              f"{information['ram']['dirty-sync-count']} rounds")
        target.agent.ready(10)
        status, reply = target.agent.load("verify")
        check("no page is damaged or lost by the migration", status == 0 and reply["ok"], reply)
        before = target.agent.load("status")[1]["pagesWritten"]
        await_value("the load to go on", lambda: target.agent.load("status")[1]["pagesWritten"] > before, 10)
        check("the load goes on at the target", True)
        target.agent.tell("guest-exec", path="/usr/bin/guest-load", arg=["panic"])
        event = target.monitor.await_event("GUEST_PANICKED", 15)
        check("a panic reaches QEMU through pvpanic", event.get("action") == "pause", event.get("action"))
        state = target.monitor.call("query-status")["status"]
        check("the machine stands in guest-panicked", state == "guest-panicked", state)


def test_bios(image, directory):
    disk = overlay_of(image, directory, "bios")
    with Machine(directory, "bios", disk, hostname="web-1") as machine:
        addresses, host = boot(machine, "BIOS, q35, 128 MiB")
        try_agent_and_network(machine, addresses, host)
        try_load(machine)
        try_tickers(machine)
        try_probe(machine)
        try_migration(machine, disk, directory)


def test_efi(image, directory):
    disk = overlay_of(image, directory, "efi")
    with Machine(directory, "efi", disk, firmware="efi", memory="192", extra=["-smbios", "type=11,value=dev.sternpost.hostname=db-1"]) as machine:
        _, host = boot(machine, "UEFI, q35, 192 MiB")
        check("the host name comes from SMBIOS", host == "db-1", host)
        machine.monitor.call("system_powerdown")
        seconds = machine.await_exit(20)
        machine_reason = await_shutdown_reason(machine)
        check("the power button ends the guest", machine_reason == "guest-shutdown", f"{seconds:.1f} s, {machine_reason}")


def await_shutdown_reason(machine):
    return machine.monitor.await_event("SHUTDOWN", 5).get("reason")


def try_hot_add(machine):
    before = int(machine.agent.run("/bin/sh", "-c", "awk '/MemTotal/ { print $2 }' /proc/meminfo")[1])
    free = next(cpu for cpu in machine.monitor.call("query-hotpluggable-cpus") if "qom-path" not in cpu)
    machine.monitor.call("device_add", driver=free["type"], id="cpu1", **free["props"])
    machine.monitor.call("object-add", **{"qom-type": "memory-backend-ram", "id": "mem1", "size": 128 << 20})
    machine.monitor.call("device_add", driver="pc-dimm", id="dimm1", memdev="mem1")
    await_value("the second processor", lambda: machine.agent.run("/bin/nproc")[1] == "2", 20)
    check("a hot-added processor comes online by itself", True)

    def memory_grown():
        return int(machine.agent.run("/bin/sh", "-c", "awk '/MemTotal/ { print $2 }' /proc/meminfo")[1]) - before

    await_value("the added memory", lambda: memory_grown() >= 128 << 10, 20)
    check("hot-added memory comes online by itself", True, f"{memory_grown() >> 10} MiB")


def test_pc_without_dhcp(image, directory):
    disk = overlay_of(image, directory, "pc")
    with Machine(directory, "pc", disk, machine="pc-i440fx-7.2", disk_device="pvscsi", network="hubport,id=n0,hubid=0",
                 memory="128,slots=2,maxmem=1G", extra=["-smp", "1,maxcpus=2"]) as machine:
        addresses, host = boot(machine, "BIOS, pc, pvscsi, no DHCP server, 128 MiB")
        check("without DHCP the address is link-local, made from the MAC", addresses == "169.254.2.2", addresses)
        check("the host name comes from the MAC", host == "guest-5b0102", host)
        machine.monitor.call("netdev_add", type="user", id="n1")
        machine.monitor.call("device_add", driver="vmxnet3", netdev="n1", id="net1", mac="52:54:00:5b:01:03")
        found = await_value("the address of the added NIC", lambda: machine.agent.addresses().get("eth1"), 20)
        check("a hot-added vmxnet3 NIC gets a lease", found == ["10.0.2.15"], found)
        try_hot_add(machine)
        status, _ = machine.agent.run("/bin/sh", "-c", "echo kept >/root/mark")
        machine.agent.tell("guest-shutdown", mode="reboot")
        machine.monitor.await_event("RESET", 20)
        machine.agent.ready(READY_SECONDS_MAX)
        _, output = machine.agent.run("/bin/cat", "/root/mark")
        check("a reboot by the agent keeps what was written", status == 0 and output == "kept", output)
        _, output = machine.agent.run("/bin/dmesg")
        check("the file system was left clean", "recovery" not in output and "EXT4-fs (sda2): mounted" in output)
        machine.agent.tell("guest-shutdown", mode="powerdown")
        seconds = machine.await_exit(20)
        reason = await_shutdown_reason(machine)
        check("guest-shutdown ends the guest", reason == "guest-shutdown", f"{seconds:.1f} s, {reason}")


def main(out):
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(1))  # so that timeout(1) leaves no QEMU behind
    directory = tempfile.mkdtemp(prefix="spguest.", dir="/tmp")
    try:
        for test in (test_bios, test_efi, test_pc_without_dhcp):
            try:
                test(os.path.join(out, "linux-guest.qcow2"), directory)
            except (Failure, OSError, ValueError, KeyError, IndexError) as problem:
                check(test.__name__, False, f"{type(problem).__name__}: {problem}")
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        print(f"{time.monotonic() - begun:.0f} s\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1]))
