#!/usr/bin/env python3
"""Lists the virtual machines, powers on the one named on the command line if it is off, and waits for it.

Talks to the JSON face with the standard library only. Set STERNPOST_SERVER (host:port), STERNPOST_CA, STERNPOST_USER
and STERNPOST_PASSWORD_FILE. Exit status: 0 done, 1 a fault, 2 wrong use.
"""

import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

WAIT_SECONDS_MAX = 120
CALL_SECONDS_MAX = 70
PAGES_MAX = 1000


class Fault(Exception):
    """What the server said went wrong."""


class Client:
    def __init__(self, server, ca_file):
        self.base = "https://" + server.removeprefix("https://").rstrip("/") + "/api/v1"
        self.tls = ssl.create_default_context(cafile=ca_file)
        self.token = None

    def call(self, method, path, body=None):
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = "Bearer " + self.token
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=CALL_SECONDS_MAX, context=self.tls) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as e:
            text = e.read().decode(errors="replace")
            try:
                fault = json.loads(text)
                raise Fault("%s (%s)" % (fault["message"], fault["code"])) from None
            except (ValueError, KeyError, TypeError):
                raise Fault("HTTP %d: %s" % (e.code, text.strip())) from None
        except urllib.error.URLError as e:
            raise Fault("cannot reach %s: %s" % (self.base, e.reason)) from None

    def login(self, user, password):
        self.token = self.call("POST", "/sessions", {"userName": user, "password": password})["token"]

    def logout(self):
        self.call("DELETE", "/session")

    def vms(self):
        page_token = ""
        for _ in range(PAGES_MAX):
            page = self.call("GET", "/vms?" + urllib.parse.urlencode({"pageToken": page_token}))
            yield from page.get("vms", [])
            page_token = page.get("nextPageToken", "")
            if not page_token:
                return

    def wait(self, task):
        """Waits in slices, so that the server may be started again meanwhile."""
        end = time.monotonic() + WAIT_SECONDS_MAX
        while task["state"] in ("TASK_STATE_QUEUED", "TASK_STATE_RUNNING", "TASK_STATE_UNWINDING"):
            if time.monotonic() > end:
                raise Fault("%s did not end within %d s; it goes on" % (task["id"], WAIT_SECONDS_MAX))
            task = self.call("GET", "/tasks/%s:wait?timeoutMs=20000" % task["id"])["task"]
        if task["state"] != "TASK_STATE_SUCCEEDED":
            raise Fault("%s: %s" % (task["id"], task.get("fault", {}).get("message", task["state"])))
        return task


def variable(name):
    value = os.environ.get(name, "").strip()
    if not value:
        print("set " + name, file=sys.stderr)
        sys.exit(2)
    return value


def main():
    if len(sys.argv) != 2:
        print("usage: list_and_power_on.py VM", file=sys.stderr)
        return 2
    client = Client(variable("STERNPOST_SERVER"), variable("STERNPOST_CA"))
    with open(variable("STERNPOST_PASSWORD_FILE"), encoding="utf-8") as file:
        password = file.read().strip()
    try:
        client.login(variable("STERNPOST_USER"), password)
        vms = list(client.vms())
        if all(vm["name"] != sys.argv[1] for vm in vms):
            raise Fault("there is no virtual machine " + sys.argv[1])
        for vm in vms:
            state = vm.get("powerState", "POWER_STATE_UNSPECIFIED")
            print("%-12s %-8s %s" % (vm["name"], vm["id"], state))
            if vm["name"] == sys.argv[1] and state != "POWER_STATE_POWERED_ON":
                answer = client.call("POST", "/vms/%s:powerOn" % vm["id"], {"requestId": str(uuid.uuid4())})
                task = client.wait(answer["task"])
                print("%s: powered on by %s" % (vm["name"], task["id"]))
        client.logout()
    except Fault as e:
        print(e, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
