# Shared by the launcher's verbs: where things lie, how they are printed, and how processes are started and ended.
# Sourced with ROOT, STERNPOST_HOME and STERNPOST_PORT_BASE set.

HOSTS=3
VM_UID=64055    # runs QEMU; libvirt-qemu's number on Debian, no account needed
GUEST_NETWORK=10.77.0

CACHE=$ROOT/var/cache # what was built belongs to the checkout, not to an installation
mkdir -p "$STERNPOST_HOME"/{log,run} "$CACHE" || exit 1
STERNPOST_HOME=$(cd "$STERNPOST_HOME" && pwd)
LOG=$STERNPOST_HOME/log
RUN=$STERNPOST_HOME/run
INSTANCE=$(printf %s "$STERNPOST_HOME" | sha256sum | cut -c1-4)

API_PORT=$((STERNPOST_PORT_BASE + 3))
LINK_PORT=$((STERNPOST_PORT_BASE + 4))
DB_PORT=$((STERNPOST_PORT_BASE + 5))
RELAY_PORT=$((STERNPOST_PORT_BASE + 10))

is_root() { [ "$(id -u)" = 0 ]; }

# Unix sockets need short paths; the data needs a directory that the unprivileged users can reach.
if is_root; then
  SOCKETS=/run/sternpost/$INSTANCE
  if setpriv --reuid=$VM_UID --regid=$VM_UID --clear-groups test -x "$STERNPOST_HOME" 2>/dev/null; then
    DATA=$STERNPOST_HOME
  else
    DATA=/var/lib/sternpost/$INSTANCE
  fi
else
  SOCKETS=${XDG_RUNTIME_DIR:-/tmp}/sp-$(id -u)-$INSTANCE
  DATA=$STERNPOST_HOME
fi
DATASTORE=$DATA/datastores/shared1
DATASTORE2=$DATA/datastores/shared2
# Each host has one of its own besides, which no other sees.
local_datastore() { echo "$DATA/datastores/local$1"; }

host_dir() { echo "$DATA/agents/host-$1"; }
host_netns() { echo "sp$INSTANCE-h$1"; }
PHYS_NETNS=sp$INSTANCE-phys

# ---- what the reader sees ------------------------------------------------------------------------------------------
if [ -t 2 ]; then BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' YELLOW=$'\e[33m' PLAIN=$'\e[0m' CLEAR=$'\e[K'; else BOLD= DIM= RED= GREEN= YELLOW= PLAIN= CLEAR=; fi

now_ms() { local t=${EPOCHREALTIME/[.,]/}; echo $((t / 1000)); }
say() { printf '%s\n' "$*" >&2; }
# done_step NAME TEXT [SINCE_MS]
done_step() {
  local took=
  [ -n "${3:-}" ] && took=$(awk -v ms=$(($(now_ms) - $3)) 'BEGIN { printf "%.1f s", ms / 1000 }')
  printf '%s  %s✓%s %-11s %s %s%s%s\n' "$CLEAR" "$GREEN" "$PLAIN" "$1" "$2" "$DIM" "$took" "$PLAIN" >&2
}
note_step() { printf '%s  %s!%s %-11s %s\n' "$CLEAR" "$YELLOW" "$PLAIN" "$1" "$2" >&2; }
working() { [ -t 2 ] && printf '%s  … %-11s %s\r' "$CLEAR" "$1" "$2" >&2; return 0; }
# fail TEXT [LOGFILE]: says what went wrong, shows the end of the log, and ends.
fail() {
  printf '%s  %s✗ %s%s\n' "$CLEAR" "$RED" "$1" "$PLAIN" >&2
  if [ -n "${2:-}" ] && [ -f "$2" ]; then
    tail -n 12 "$2" | sed 's/^/      /' >&2
    say "    whole log: $2"
  fi
  exit 1
}
on_interrupt() {
  trap - INT TERM
  say ""
  say "Interrupted. ./sternpost up goes on from here; ./sternpost down clears everything away."
  exit 130
}
trap on_interrupt INT TERM

# One verb at a time changes this installation.
take_lock() {
  exec 9> "$RUN/launcher.lock"
  if ! flock -n 9; then
    say "another ./sternpost $(cat "$RUN/launcher.verb" 2>/dev/null) is at work here; waiting for it (Ctrl-C to leave)"
    flock 9
  fi
  echo "$1" > "$RUN/launcher.verb"
}

# ---- processes -----------------------------------------------------------------------------------------------------
start_time_of() { # PID: its start time in ticks; empty when there is no such process or it is a zombie
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  case $1 in Z | X) ;; *) echo "${20}" ;; esac
}
# is_running NAME: by pid and start time, so a reused pid is never taken for ours
is_running() {
  local pid start
  { read -r pid start < "$RUN/$1.pid"; } 2> /dev/null || return 1
  [ -n "$pid" ] && [ "$(start_time_of "$pid")" = "$start" ]
}
pid_of() { cut -d' ' -f1 "$RUN/$1.pid" 2>/dev/null; }
# launch NAME COMMAND...: starts it in its own session, output to its log; with LIFE_SECONDS_MAX set, for no longer than that
launch() {
  local name=$1 pid
  shift
  [ -z "${LIFE_SECONDS_MAX:-}" ] || set -- timeout --kill-after="$LIFE_SECONDS_MAX" "$LIFE_SECONDS_MAX" "$@"
  [ -f "$LOG/$name.log" ] && [ "$(stat -c %s "$LOG/$name.log")" -gt 20000000 ] && mv -f "$LOG/$name.log" "$LOG/$name.log.1"
  setsid "$@" >> "$LOG/$name.log" 2>&1 < /dev/null 8>&- 9>&- &
  pid=$!
  disown "$pid" # whose end is nobody's here to tell
  echo "$pid $(start_time_of "$pid")" > "$RUN/$name.pid"
}
# stop_process NAME SECONDS: asks, waits, then insists
stop_process() {
  local name=$1 pid i
  if is_running "$name"; then
    pid=$(pid_of "$name")
    kill -TERM "$pid" 2>/dev/null
    for ((i = 0; i < $2 * 20; i++)); do
      is_running "$name" || break
      sleep 0.05
    done
    is_running "$name" && kill -KILL "$pid" 2>/dev/null
  fi
  rm -f "$RUN/$name.pid"
}

# Processes of this installation of any kind, "PID PROGRAM" each.
own_processes() {
  local file pid program
  for file in $(grep -alsF -e "$SOCKETS/" -e "--sternpost.home=$STERNPOST_HOME/server" -e "$DATA/pg/" -e "$RUN/dhcp.leases" /proc/[0-9]*/cmdline); do
    pid=${file#/proc/}
    pid=${pid%/cmdline}
    program=$(cat "/proc/$pid/comm" 2> /dev/null)
    case $program in
      qemu-system* | java | postgres | dnsmasq) [ -n "$(start_time_of "$pid")" ] && echo "$pid $program" ;;
    esac
  done
}

# QEMU processes of this installation, found by the socket directory on their command line.
vm_pids() {
  local file pid
  for file in $(grep -alsF "$SOCKETS/" /proc/[0-9]*/cmdline); do
    pid=${file#/proc/}
    pid=${pid%/cmdline}
    case $(cat "/proc/$pid/comm" 2> /dev/null) in
      qemu-system*) [ -n "$(start_time_of "$pid")" ] && echo "$pid" ;;
    esac
  done
}

# ---- the JSON face, for the launcher's own few calls ----------------------------------------------------------------
API=https://127.0.0.1:$API_PORT
CA_FILE=$STERNPOST_HOME/server/ca/ca.pem
# api METHOD PATH [JSON]: the answer's body; fails when the status is not 2xx
api() {
  local data=()
  [ -n "${3:-}" ] && data=(-H 'content-type: application/json' --data-binary "$3")
  curl -sS --fail-with-body --max-time 30 --cacert "$CA_FILE" -X "$1" -H @<(printf 'authorization: Bearer %s\n' "${TOKEN:-}") "${data[@]}" "$API$2"
}
