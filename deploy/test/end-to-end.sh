#!/usr/bin/env bash
# The product from the outside, as a user and as misfortune see it: a datacenter of its own (other ports, other state) with
# real guests; the demo; bad input; and a kill -9 of server, agents and QEMU in turn. Ends with "N passed, N failed".
#   end-to-end.sh [--long | --quick]     --quick: the demo, the doors, the examples and the end, without the drills
set -u
ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
WORK=$(mktemp -d "${TMPDIR:-/tmp}/sp-e2e.XXXXXX") || exit 1
chmod 0755 "$WORK"
export STERNPOST_HOME=$WORK/var STERNPOST_PORT_BASE=${STERNPOST_E2E_PORT_BASE:-8440}
. "$ROOT/deploy/launcher/common.sh"
. "$ROOT/deploy/launcher/up.sh"
trap - INT TERM
sp() { "$ROOT/sternpost" "$@"; }

passed=0 failed=0
pass() { passed=$((passed + 1)); echo "  ok    $1"; }
flunk() { failed=$((failed + 1)); echo "  FAIL  $1"; [ -n "${2:-}" ] && sed 's/^/          /' <<< "$2" | tail -n 15; return 0; }
# check NAME COMMAND...: passes when the command does
check() {
  local name=$1 out
  shift
  if out=$("$@" 2>&1); then pass "$name"; else flunk "$name" "$out"; fi
}
# expect NAME EXIT PATTERN COMMAND...: the exit status and something the command says
expect() {
  local name=$1 want=$2 pattern=$3 out rc
  shift 3
  out=$("$@" 2>&1)
  rc=$?
  if [ "$rc" = "$want" ] && grep -q -e "$pattern" <<< "$out"; then pass "$name"; else flunk "$name" "exit $rc, wanted $want and '$pattern': $out"; fi
}
section() { echo; echo "-- $1"; }

finish() {
  section "down leaves nothing"
  if [ -n "$(vm_pids)" ]; then expect "down --wipe asks the guests first" 0 "shut down" sp down --wipe; else check "down --wipe ends well" sp down --wipe; fi
  check "no QEMU process is left" test -z "$(vm_pids)"
  is_root && check "no namespace is left" test -z "$(ip netns list | grep "^sp$INSTANCE-")"
  check "no socket directory is left" test ! -e "$SOCKETS"
  check "no process of this installation is left" test -z "$(pgrep -f "$WORK/" | grep -v "^$$\$")"
  if [ "$failed" = 0 ]; then rm -rf "$WORK"; else echo "  logs of the failed run: $WORK"; fi
  echo
  echo "end-to-end: $passed passed, $failed failed"
}

vm_json() { api GET "/api/v1/vms/$1" | jq .vm; }
vm_is() { [ "$(vm_json "$1" | jq -r ".$2")" = "$3" ]; }
# QEMU processes of one VM, found by its id
qemus_of() { local pid; for pid in $(vm_pids); do tr "\0" " " < "/proc/$pid/cmdline" | grep -q "guest=$1[^0-9]" && echo "$pid"; done; }
# The newest of them: while a VM moves, the one at the target. Both may have been started to receive.
newest_qemu_of() { ps -o pid= --sort=start_time -p "$(qemus_of "$1" | paste -sd,)" | tail -n 1 | tr -d ' '; }
count_is() { [ "$(qemus_of "$1" | wc -l)" = "$2" ]; }
eventually() { wait_until "$@"; }
relogin() { log_in; }
task_of() { jq -r .task.id; }
ended() { case $(api GET "/api/v1/tasks/$1" | jq -r .task.state) in *SUCCEEDED | *FAILED | *CANCELLED) ;; *) return 1 ;; esac; }
has_event() { api GET "/api/v1/events?pageSize=200" | jq -e --arg t "$1" '[.events[] | select(.type == $t)] | length > 0' > /dev/null; }
counting() { # the guest's serial ticker or its shell answers: it lives
  sp vm exec "$1" -- true
}

section "demo from nothing"
demo_out=$(sp demo --json 2> "$WORK/demo.err")
demo_rc=$?
echo "$demo_out" > "$WORK/demo.json"
check "demo --json ends with 0" test "$demo_rc" = 0
[ "$demo_rc" = 0 ] || { tail -n 20 "$WORK/demo.err"; tail -n 20 "$LOG/server.log"; finish; exit 1; }
check "demo says ok" jq -e '.ok == true' "$WORK/demo.json"
check "two VMs with addresses" jq -e '(.vms | length) == 2' "$WORK/demo.json"
check "two migrations with rounds and a measured pause" jq -e '(.migrations | length) == 2 and all(.migrations[]; .downtimeMs > 0 and .totalMs > 0)' "$WORK/demo.json"
relogin

section "a second up changes nothing"
before="$(pid_of server) $(pid_of host-1) $(pid_of host-2) $(pid_of host-3)"
check "up again" sp up
check "same processes" test "$before" = "$(pid_of server) $(pid_of host-1) $(pid_of host-2) $(pid_of host-3)"
check "status says so" sp status

section "doors"
check "no token, no answer" test "$(curl -s -o /dev/null -w '%{http_code}' --cacert "$CA_FILE" "$API/api/v1/vms")" = 401
expect "a wrong password is refused" 22 LOGIN_REFUSED curl -sS --fail-with-body --cacert "$CA_FILE" -d '{"userName":"administrator","password":"no"}' -H 'content-type: application/json' "$API/api/v1/sessions"
check "TLS without our CA fails" bash -c "! curl -s $API/readyz"
check "the agent port wants a certificate" bash -c "! curl -sk --max-time 3 https://127.0.0.1:$LINK_PORT/"

section "examples"
check "power off" sp vm off demo-1
export STERNPOST_SERVER=127.0.0.1:$API_PORT STERNPOST_CA=$CA_FILE STERNPOST_USER=administrator STERNPOST_PASSWORD_FILE=$PASSWORD_FILE
expect "Java against gRPC" 0 "powered on by task-" \
  "$(cat "$CACHE/java-home")/bin/java" --sun-misc-unsafe-memory-access=allow -cp "$CACHE/program/current/cli/*" "$ROOT/examples/java/ListAndPowerOn.java" demo-1
check "power off again" sp vm off demo-1
expect "Python against JSON" 0 "powered on by task-" python3 "$ROOT/examples/python/list_and_power_on.py" demo-1
unset STERNPOST_SERVER STERNPOST_CA STERNPOST_USER STERNPOST_PASSWORD_FILE

if [ "${1:-}" != --quick ]; then

section "the life of a VM"
check "create from the template and power on" sp vm create e2e-1 --template linux-guest --on
ID=$(vm_json e2e-1 | jq -r .id)
check "its guest agent reports an address" eventually 60 bash -c "[ -n \"\$('$ROOT/sternpost' vm show e2e-1 -o json | jq -r '.. | .ipAddresses? // empty | .[0] // empty' | head -n 1)\" ]"
expect "a program in the guest" 0 Linux sp vm exec e2e-1 -- uname -a
expect "console log" 0 . sp vm console e2e-1
check "a picture of the screen" sp vm screenshot e2e-1 "$WORK/screen.png"
check "which is a PNG" bash -c "head -c 4 '$WORK/screen.png' | grep -q PNG"
expect "powering on twice is a conflict" 5 POWER_STATE sp vm on e2e-1
expect "deleting a running VM is a conflict" 5 POWER_STATE sp vm delete e2e-1
check "suspend" sp vm suspend e2e-1
check "no QEMU while suspended" count_is "$ID" 0
check "resume" sp vm on e2e-1
check "the guest goes on" eventually 20 counting e2e-1
check "reset" sp vm reset e2e-1
check "the guest boots again" eventually 60 counting e2e-1
check "shut down by the guest" sp vm shutdown e2e-1
check "it is off" vm_is e2e-1 powerState POWER_STATE_POWERED_OFF
check "reconfigure" sp vm reconfigure e2e-1 --memory 192M
check "boot by UEFI" sp vm create e2e-uefi --template linux-guest --firmware uefi --memory 192M --on
check "the UEFI guest answers" eventually 90 counting e2e-uefi
check "off" sp vm off e2e-uefi
check "thin, lazy and eager disks" sp vm create e2e-disks --memory 64M --disk 64M:thin --disk 64M:lazy --disk 64M:eager
check "unregister leaves the files" sp vm unregister e2e-disks
check "they are there" test -f "$DATASTORE/e2e-disks/e2e-disks.vmx"
check "register again" sp vm register shared1 e2e-disks
check "delete" sp vm delete e2e-disks
check "nothing is left of it" test ! -e "$DATASTORE/e2e-disks"

section "bad input leaves nothing"
expect "unknown VM" 3 OBJECT_NOT_FOUND sp vm show none-such
expect "unknown option" 2 . sp vm create x --no-such-option
expect "a taken name" 5 NAME_TAKEN sp vm create e2e-1 --template linux-guest
expect "a name with a slash" 2 . sp vm create a/b --template linux-guest
expect "a disk that is too large for us" 2 "62 TiB" sp vm create e2e-big --memory 64M --disk 900T
expect "no datastore has room for the disk" 5 "Free space" sp vm create e2e-big --memory 64M --disk 60T:eager
expect "nor has the one that was named" 6 DATASTORE_FULL sp vm create e2e-big --memory 64M --disk 60T:eager --datastore shared1
check "no row" bash -c "! '$ROOT/sternpost' vm show e2e-big"
check "no file" test ! -e "$DATASTORE/e2e-big"
expect "no host is large enough" 6 NO_SUITABLE_HOST sp vm create e2e-huge --memory 4T --on --disk 64M
mkdir -p "$DATASTORE/broken" && echo 'this is no configuration' > "$DATASTORE/broken/broken.vmx"
expect "an unreadable directory" 6 VM_DIRECTORY_UNREADABLE sp vm register shared1 broken

section "QEMU dies"
check "power on" sp vm on e2e-1
kill -KILL "$(qemus_of "$ID")"
check "seen as off" eventually 15 vm_is e2e-1 powerState POWER_STATE_POWERED_OFF
check "and told as an event" has_event VmEngineDiedEvent
check "power on again" sp vm on e2e-1
check "the guest answers" eventually 60 counting e2e-1

section "an agent dies"
host=$(vm_json e2e-1 | jq -r .hostName)
qemu=$(qemus_of "$ID")
kill -KILL "$(pid_of "$host")"
check "the VM runs on" test -n "$(start_time_of "$qemu")"
check "up starts the agent" sp up
check "it took its VM up again" eventually 20 vm_is e2e-1 powerState POWER_STATE_POWERED_ON
check "the same QEMU" test "$(qemus_of "$ID")" = "$qemu"
check "the guest answers" eventually 20 counting e2e-1

# A load that keeps pre-copy busy for a while, so that there is a middle to strike in.
slow_migration() { api POST "/api/v1/vms/$1:migrate" '{"bandwidthLimitBytesPerSecond":"6000000"}' | task_of; }
copying() { [ "$(api GET "/api/v1/tasks/$1" | jq -r '.task.migration.sentBytes // 0')" -gt 1000000 ]; }
# What the task says must be what is: done and moved, or not done and still where it was.
truthful() {
  local state target now
  state=$(api GET "/api/v1/tasks/$task" | jq -r .task.state)
  target=$(api GET "/api/v1/tasks/$task" | jq -r '.task.migration.targetHostId // ""')
  now=$(vm_json "$ID" | jq -r .hostId)
  echo "$state, target $target, runs on $now"
  if [ "$state" = TASK_STATE_SUCCEEDED ]; then [ "$now" = "$target" ]; else [ "$now" != "$target" ]; fi
}
one_left() {
  check "$1: the task ends" eventually 90 ended "$task"
  check "$1: and says what is true" truthful
  echo "        $(api GET "/api/v1/tasks/$task" | jq -r '.task | "\(.state) \(.fault.code // "") \(.fault.message // "")"')"
  check "$1: exactly one QEMU is left" eventually 30 count_is "$ID" 1
  check "$1: the guest lives" eventually 60 counting e2e-1
}

section "the server dies in the middle of a migration"
task=$(slow_migration "$ID")
check "memory is being copied" eventually 20 copying "$task"
kill -KILL "$(pid_of server)"
check "up starts the server" sp up
relogin
one_left "server killed"
check "the hosts are connected again" eventually 20 hosts_connected

section "the target's agent dies in the middle of a migration"
task=$(slow_migration "$ID")
check "memory is being copied" eventually 20 copying "$task"
target=$(api GET "/api/v1/hosts/$(api GET "/api/v1/tasks/$task" | jq -r .task.migration.targetHostId)" | jq -r .host.name)
kill -KILL "$(pid_of "$target")"
sleep 1
sp up > "$WORK/up.out" 2>&1
one_left "target agent killed"

section "the source's agent dies in the middle of a migration"
task=$(slow_migration "$ID")
check "memory is being copied" eventually 20 copying "$task"
source=$(vm_json e2e-1 | jq -r .hostName)
kill -KILL "$(pid_of "$source")"
sleep 1
sp up > "$WORK/up.out" 2>&1
one_left "source agent killed"

section "the target's QEMU dies in the middle of a migration"
task=$(slow_migration "$ID")
check "memory is being copied" eventually 20 copying "$task"
host=$(vm_json e2e-1 | jq -r .hostName)
kill -KILL "$(newest_qemu_of "$ID")"
one_left "target QEMU killed"
check "it stayed at the source" vm_is e2e-1 hostName "$host"

section "cancel"
task=$(slow_migration "$ID")
check "memory is being copied" eventually 20 copying "$task"
check "cancel" sp task cancel "$task"
one_left "cancelled"
check "the task says cancelled" test "$(api GET "/api/v1/tasks/$task" | jq -r .task.state)" = TASK_STATE_CANCELLED
check "it stayed at the source" vm_is e2e-1 hostName "$host"
check "and can be migrated at once" sp vm migrate e2e-1

section "a host is emptied, and the server dies meanwhile"
host=$(vm_json e2e-1 | jq -r .hostName)
expect "the plan comes first" 0 "e2e-1" sp host enter-maintenance "$host" --dry-run
task=$(api POST "/api/v1/hosts/$host:enterMaintenance" '{}' | task_of)
kill -KILL "$(pid_of server)"
check "up starts the server" sp up
relogin
check "the task ends" eventually 120 ended "$task"
check "the host is in maintenance mode" test "$(api GET "/api/v1/hosts/$host" | jq -r .host.mode)" = HOST_MODE_MAINTENANCE
check "the VM has left it" test "$(vm_json e2e-1 | jq -r .hostName)" != "$host"
check "exactly one QEMU is left" eventually 30 count_is "$ID" 1
check "the guest lives" eventually 60 counting e2e-1
expect "nothing moves there" 5 HOST_INCOMPATIBLE sp vm migrate e2e-1 --to "$host"
check "the way back" sp host exit-maintenance "$host" --restore
check "the VM is back" vm_is e2e-1 hostName "$host"
check "the guest lives" eventually 60 counting e2e-1

section "the same request twice"
first=$(api POST "/api/v1/vms/$ID:powerOff" '{"requestId":"e2e-r1"}' | task_of)
check "one task" test "$first" = "$(api POST "/api/v1/vms/$ID:powerOff" '{"requestId":"e2e-r1"}' | task_of)"
check "it ends" eventually 20 ended "$first"

section "busy guests are moved apart"
sp demo drs --json > "$WORK/drs.json" 2> "$WORK/drs.err"
check "demo drs says ok" jq -e '.ok and .scoreAfter > .scoreBefore and (.moves | length) > 0' "$WORK/drs.json"

fi

section "no secret in a log"
check "the password is in no log" bash -c "! grep -rqF -f '$PASSWORD_FILE' '$LOG'"

finish
[ "$failed" = 0 ]
