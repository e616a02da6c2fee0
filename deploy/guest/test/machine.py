"""A virtual machine under test: one QEMU process with its monitor, guest agent, probe and serial console."""

import base64
import json
import os
import re
import select
import signal
import socket
import subprocess
import time

CONNECT_SECONDS_MAX = 20
CALL_SECONDS_MAX = 30
OVMF_CODE = "/usr/share/OVMF/OVMF_CODE_4M.fd"
OVMF_VARS = "/usr/share/OVMF/OVMF_VARS_4M.fd"


class Failure(Exception):
    """Something the guest promises did not hold."""


def await_value(what, look, seconds_max, pause_seconds=0.05):
    """The first value of look() that counts as true; Failure after seconds_max."""
    end = time.monotonic() + seconds_max
    while True:
        value = look()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"waited {seconds_max} s in vain for {what}")
        time.sleep(pause_seconds)


class LineSocket:
    """A connection to a unix socket that carries lines."""

    def __init__(self, path):
        self.socket = await_value(f"socket {path}", lambda: self._connect(path), CONNECT_SECONDS_MAX)
        self.rest = b""

    @staticmethod
    def _connect(path):
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            client.connect(path)
            return client
        except OSError:
            client.close()
            return None

    def send(self, text):
        self.socket.sendall(text.encode())

    def line(self, seconds_max):
        """The next line without its end, or None when none came in time."""
        end = time.monotonic() + seconds_max
        while b"\n" not in self.rest:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                return None
            got = self.socket.recv(65536)
            if not got:
                raise Failure("the other side closed the connection")
            self.rest += got
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode(errors="replace").lstrip("\xff").rstrip("\r")

    def close(self):
        self.socket.close()


class Monitor(LineSocket):
    """QMP: calls, and the events seen meanwhile."""

    def __init__(self, path):
        super().__init__(path)
        self.events = []
        self.line(CONNECT_SECONDS_MAX)
        self.call("qmp_capabilities")

    def call(self, command, **arguments):
        self.send(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        while True:
            message = self._message(CALL_SECONDS_MAX)
            if message is None:
                raise Failure(f"{command}: no answer")
            if "error" in message:
                raise Failure(f"{command}: {message['error']['desc']}")
            if "return" in message:
                return message["return"]

    def _message(self, seconds_max):
        line = self.line(seconds_max)
        if line is None:
            return None
        message = json.loads(line)
        if "event" in message:
            self.events.append(message)
        return message

    def await_event(self, name, seconds_max):
        end = time.monotonic() + seconds_max
        while True:
            for event in self.events:
                if event["event"] == name:
                    self.events.remove(event)
                    return event.get("data", {})
            left = end - time.monotonic()
            if left <= 0:
                raise Failure(f"no event {name} in {seconds_max} s")
            try:
                self._message(left)
            except (ConnectionError, Failure):
                if not any(event["event"] == name for event in self.events):
                    raise


class GuestAgent(LineSocket):
    """The QEMU guest agent, over one connection that stays."""

    def ready(self, seconds_max):
        """Seconds until the agent answered its first question."""
        begun = time.monotonic()
        self.send("\xff" + json.dumps({"execute": "guest-sync", "arguments": {"id": 4711}}) + "\n")
        while time.monotonic() - begun < seconds_max:
            line = self.line(0.5)
            if line and '"return": 4711' in line:
                return time.monotonic() - begun
        raise Failure(f"the guest agent was silent for {seconds_max} s")

    def call(self, command, **arguments):
        self.send(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        line = self.line(CALL_SECONDS_MAX)
        if line is None:
            raise Failure(f"{command}: the guest agent does not answer")
        answer = json.loads(line)
        if "error" in answer:
            raise Failure(f"{command}: {answer['error']['desc']}")
        return answer["return"]

    def tell(self, command, **arguments):
        self.send(json.dumps({"execute": command, "arguments": arguments}) + "\n")

    def run(self, *words):
        """Runs a program in the guest; (exit status, output)."""
        arguments = {"path": words[0], "arg": list(words[1:]), "capture-output": True}
        pid = self.call("guest-exec", **arguments)["pid"]

        def ended():
            status = self.call("guest-exec-status", pid=pid)
            return status if status["exited"] else None

        status = await_value(" ".join(words), ended, CALL_SECONDS_MAX)
        output = base64.b64decode(status.get("out-data", "")) + base64.b64decode(status.get("err-data", ""))
        return status.get("exitcode", -1), output.decode(errors="replace").strip()

    def load(self, *words):
        """guest-load WORDS...; (exit status, its JSON)."""
        status, output = self.run("/usr/bin/guest-load", *words)
        return status, json.loads(output) if output.startswith("{") else {"text": output}

    def addresses(self):
        """IPv4 addresses by interface, without lo."""
        found = {}
        for interface in self.call("guest-network-get-interfaces"):
            for address in interface.get("ip-addresses", []):
                if address["ip-address-type"] == "ipv4" and interface["name"] != "lo":
                    found.setdefault(interface["name"], []).append(address["ip-address"])
        return found


class Machine:
    """Starts QEMU; use as a context manager, so that the process ends whatever happens."""

    def __init__(self, directory, name, disk, machine="pc-q35-7.2", memory="128", firmware="bios", disk_device="virtio-blk",
                 network="user,id=n0", incoming=False, hostname=None, extra=()):
        self.directory, self.name, self.begun = directory, name, time.monotonic()
        path = self.path
        slots = machine.startswith("pc-q35")
        words = [
            "qemu-system-x86_64", "-name", f"guest={name}", "-nodefaults", "-no-user-config", "-display", "none",
            "-M", machine, "-accel", "tcg,tb-size=64", "-cpu", "Nehalem", "-m", memory, "-action", "panic=pause",
            "-qmp", f"unix:{path('qmp')},server=on,wait=off",
            "-blockdev", json.dumps({"driver": "qcow2", "node-name": "d0", "file": {"driver": "file", "filename": disk}}),
            "-netdev", network, "-device", "virtio-net-pci,netdev=n0,id=net0,mac=52:54:00:5b:01:02",
            "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=ga,path={path('ga')},server=on,wait=off",
            "-device", "virtserialport,chardev=ga,name=org.qemu.guest_agent.0",
            "-chardev", f"socket,id=probe,path={path('probe')},server=on,wait=off",
            "-device", "virtserialport,chardev=probe,name=dev.sternpost.probe.0",
            "-chardev", f"socket,id=con,path={path('con')},server=on,wait=off,logfile={path('log')},logappend=on",
            "-device", "isa-serial,chardev=con", "-device", "VGA,vgamem_mb=4", "-device", "virtio-balloon-pci",
            "-object", "rng-random,id=rng0,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng0",
        ]
        if slots:
            for slot in (1, 2):
                words += ["-device", f"pcie-root-port,id=rp{slot},chassis={slot},slot={slot}"]
            words += ["-device", "pvpanic-pci"]
        else:
            words += ["-device", "pvpanic"]
        if disk_device == "virtio-blk":
            words += ["-device", "virtio-blk-pci,drive=d0,id=vd0"]
        else:
            words += ["-device", f"{disk_device},id=scsi0", "-device", "scsi-hd,drive=d0,bus=scsi0.0"]
        if firmware == "efi":
            variables = path("vars")
            subprocess.run(["cp", OVMF_VARS, variables], check=True)
            words += ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={OVMF_CODE}",
                      "-drive", f"if=pflash,format=raw,unit=1,file={variables}"]
        if hostname:
            words += ["-fw_cfg", f"name=opt/dev.sternpost/hostname,string={hostname}"]
        if incoming:
            words += ["-incoming", "defer"]
        self.output = open(path("out"), "wb")
        self.process = subprocess.Popen(words + list(extra), stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output)

    def path(self, kind):
        return os.path.join(self.directory, f"{self.name}.{kind}")

    def __enter__(self):
        try:
            self.monitor = Monitor(self.path("qmp"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.output.close()

    def connect(self):
        self.agent = GuestAgent(self.path("ga"))
        self.probe = LineSocket(self.path("probe"))
        return self

    def console(self):
        try:
            with open(self.path("log"), errors="replace") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def await_ready_line(self, seconds_max):
        """(seconds since the start of QEMU, the addresses of the banner, the guest's own uptime)"""
        pattern = re.compile(r"Sternpost guest ready, ip=(\S+), uptime=([\d.]+)s, host=(\S+)")
        found = await_value("the ready line on the serial console", lambda: pattern.search(self.console()), seconds_max)
        return time.monotonic() - self.begun, found.group(1), float(found.group(2)), found.group(3)

    def await_exit(self, seconds_max):
        begun = time.monotonic()
        await_value("QEMU to end", lambda: self.process.poll() is not None, seconds_max)
        return time.monotonic() - begun

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def cpu_percent(self, seconds):
        before, begun = self.cpu_seconds(), time.monotonic()
        time.sleep(seconds)
        return 100 * (self.cpu_seconds() - before) / (time.monotonic() - begun)
