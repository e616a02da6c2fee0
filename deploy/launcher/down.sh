# Ends everything of this installation: VMs first, then agents, server, database and network.
#   ./sternpost down           guests are asked to shut down, all at once; who has not after 30 s loses power
#   ./sternpost down --now     no guest is asked: QEMU ends at once, which flushes what it has written but not what the guest has
#   --wipe                     the data go too
#   --yes                      on a terminal, do not ask although VMs are running (in a pipe nothing is asked)
# VMs stay off at the next up, which says which ones they were; but high availability starts again those it protects that did not shut down by
# themselves, as it does after a power cut.

. "$ROOT/deploy/launcher/up.sh"
. "$ROOT/deploy/launcher/ha-lab.sh"

GUEST_SHUTDOWN_SECONDS_MAX=30
ASK_AGAIN_SECONDS=8
ANSWER_SECONDS_MAX=60

run_down() {
  local wipe= now= yes= word n since running left
  for word in "$@"; do
    case $word in
      --wipe) wipe=yes ;;
      --now) now=yes ;;
      --yes | -y) yes=yes ;;
      *) say "usage: ./sternpost down [--now] [--wipe] [--yes]"; exit 2 ;;
    esac
  done
  take_lock down
  running=$(vm_pids | wc -l)
  [ "$running" = 0 ] || [ -n "$yes" ] || confirm_down "$running" "$now" "$wipe"
  since=$(now_ms)
  if [ "$running" -gt 0 ]; then
    note_running
    [ -n "$now" ] || shut_guests_down
  fi
  # Before the VMs: nobody is to start again elsewhere what loses its power here.
  for ((n = 1; n <= HOSTS; n++)); do is_running "host-$n" && kill -TERM "$(pid_of "host-$n")" 2>/dev/null; done
  for ((n = 1; n <= HOSTS; n++)); do stop_process "host-$n" 5; done
  stop_guards
  stop_vms
  network_rules_gone
  stop_process fleet 15
  stop_process server 15
  stop_database
  lab_network_down
  remove_cgroups
  rm -rf "${SOCKETS:?}" "$RUN"/*.leases
  rmdir /run/sternpost 2>/dev/null
  left=$(own_processes | paste -sd, | sed 's/,/, /g')
  [ -z "$left" ] || fail "these processes did not end: $left"
  is_root && left=$(ip netns list | awk '{ print $1 }' | grep "^sp$INSTANCE-" | paste -sd' ')
  [ -z "$left" ] || fail "these network namespaces could not be removed: $left"
  done_step Stopped "no process or namespace is left" "$since"
  if [ "$wipe" = yes ]; then
    rm -rf "$DATA"/{pg,agents,datastores} "$STERNPOST_HOME"/{server,cli,log,fleet} "$RUN"
    [ "$DATA" = "$STERNPOST_HOME" ] || rm -rf "${DATA:?}"
    done_step Wiped "all data of this installation is gone; what was built stays"
  else
    done_step Kept "the data in $DATA (./sternpost down --wipe removes it)"
  fi
}

vms_counted() { [ "$1" = 1 ] && echo "1 VM is running" || echo "$1 VMs are running"; }

# On a terminal a person may have forgotten what still runs; a script has said what it wants.
confirm_down() { # COUNT NOW WIPE
  local what answer
  [ -t 0 ] && [ -t 2 ] || return 0
  what="Ask the guests to shut down, then stop everything"
  [ -z "$2" ] || what="Cut their power and stop everything"
  [ -z "$3" ] || what="$what, and remove all data"
  printf '%s. %s? [y/N] ' "$(vms_counted "$1")" "$what" >&2
  read -r -t "$ANSWER_SECONDS_MAX" answer || say ""
  case $answer in [yY] | [yY][eE][sS]) ;; *) say "Nothing was done."; exit 1 ;; esac
}

vm_id_of() { tr '\0' ' ' < "/proc/$1/cmdline" 2>/dev/null | sed -n 's/.*guest=\([a-z0-9-]*\).*/\1/p'; }

declare -A QEMU_OF=() NAME_OF=() # VM ids by pid, names by VM id

# Which VMs run: kept for the next up. VMS is what the server knows of them, empty where there is no server to ask.
note_running() {
  local pid id word
  VMS=
  for pid in $(vm_pids); do
    id=$(vm_id_of "$pid")
    QEMU_OF[$pid]=$id NAME_OF[$id]=$id
  done
  ready && try_log_in > /dev/null && TOKEN=$(cat "$SESSION_FILE") && VMS=$(api GET "/api/v1/vms?pageSize=500") || { VMS=; return 0; }
  while IFS=$'\t' read -r id word; do [ -z "${NAME_OF[$id]:-}" ] || NAME_OF[$id]=$word; done < <(jq -r '.vms[]? | [.id, .name] | @tsv' <<< "$VMS")
  # By name where that says which, fit to be pasted into a shell.
  jq -r --arg ids "${!NAME_OF[*]}" '($ids | split(" ")) as $ids | [.vms[]? | select(.id as $id | $ids | index($id))] | group_by(.name)
    | map(if length == 1 and (.[0].name | test("^[A-Za-z0-9._-]+$")) then .[0].name else .[].id end) | join(" ")' <<< "$VMS" > "$RUN/were-running"
}

# Every guest at once, through the server, so that tasks and events tell of it; where there is no server to ask, by the
# power button of each VM.
shut_guests_down() {
  local since pid id end again
  since=$(now_ms)
  if [ -n "$VMS" ]; then
    for id in "${!NAME_OF[@]}"; do
      { api POST "/api/v1/vms/$id:shutdown" "{\"timeoutMs\":$((GUEST_SHUTDOWN_SECONDS_MAX * 1000))}" > /dev/null 2>&1 || press_power_buttons "$id"; } 9>&- &
    done
    wait
  else
    note_step VMs "the server cannot be asked; the guests' power buttons are pressed"
    press_power_buttons "${!NAME_OF[@]}"
  fi
  working VMs "$(vms_counted ${#QEMU_OF[@]}); asked to shut down"
  end=$((since + GUEST_SHUTDOWN_SECONDS_MAX * 1000)) again=$((since + ASK_AGAIN_SECONDS * 1000))
  while [ ${#QEMU_OF[@]} -gt 0 ] && [ "$(now_ms)" -lt "$end" ]; do
    for pid in "${!QEMU_OF[@]}"; do
      [ -z "$(start_time_of "$pid")" ] || continue
      done_step VMs "${NAME_OF[${QEMU_OF[$pid]}]} has shut down" "$since"
      unset "QEMU_OF[$pid]"
    done
    if [ ${#QEMU_OF[@]} -gt 0 ] && [ "$(now_ms)" -gt "$again" ]; then
      # A guest that was still starting has not heard the first time.
      press_power_buttons "${QEMU_OF[@]}"
      again=$(($(now_ms) + ASK_AGAIN_SECONDS * 1000))
    fi
    [ ${#QEMU_OF[@]} = 0 ] || sleep 0.1
  done
  for pid in "${!QEMU_OF[@]}"; do
    note_step VMs "${NAME_OF[${QEMU_OF[$pid]}]} did not shut down within $GUEST_SHUTDOWN_SECONDS_MAX s; its power is cut"
  done
  # The server notes that the guests are off before it is stopped itself.
  [ -z "$VMS" ] || [ ${#QEMU_OF[@]} -gt 0 ] || wait_until 5 nothing_is_on
}

nothing_is_on() { [ "$(api GET "/api/v1/vms?pageSize=500" 2> /dev/null | jq '[.vms[]? | select(.powerState == "POWER_STATE_POWERED_ON")] | length')" = 0 ]; }

press_power_buttons() { # ID...
  local id sockets=()
  for id in "$@"; do sockets+=("$SOCKETS"/h*/"$id"/qmp2); done
  "$(cat "$CACHE/java-home")/bin/java" "$ROOT/deploy/launcher/PowerButton.java" "${sockets[@]}" >> "$LOG/down.log" 2>&1 9>&-
}

# High availability's guards outlive the agents.
stop_guards() {
  local n pid
  for ((n = 1; n <= HOSTS; n++)); do
    pid=$(guard_pid "$n")
    [ -z "$pid" ] || kill -KILL "$pid" 2> /dev/null
  done
}

stop_vms() {
  local pids i
  pids=$(vm_pids)
  [ -n "$pids" ] || return 0
  # shellcheck disable=SC2086
  kill -TERM $pids 2>/dev/null
  for ((i = 0; i < 100; i++)); do
    pids=$(vm_pids)
    [ -z "$pids" ] && return 0
    sleep 0.05
  done
  # shellcheck disable=SC2086
  kill -KILL $pids 2>/dev/null
}

# The server stops its database itself; this is for a server that was killed.
stop_database() {
  local pid i
  pid=$(head -n 1 "$DATA/pg/data/postmaster.pid" 2>/dev/null) || return 0
  [ -n "$pid" ] && tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null | grep -q "$DATA/pg" || return 0
  kill -INT "$pid"
  for ((i = 0; i < 100; i++)); do
    [ -n "$(start_time_of "$pid")" ] || return 0
    sleep 0.1
  done
  kill -QUIT "$pid"
}

remove_cgroups() {
  local dir
  is_root || return 0
  find /sys/fs/cgroup -depth -type d -path "*sternpost-$INSTANCE*" 2>/dev/null | while read -r dir; do rmdir "$dir" 2>/dev/null; done
}
