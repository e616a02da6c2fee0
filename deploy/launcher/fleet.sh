# A simulated fleet: hosts on which nothing runs, to try Sternpost at size (docs/simulated-fleet.md).
#   ./sternpost fleet start [--hosts 20] [--vms-per-host 10] [--seed 1] [--hosts-per-cluster 96] [--datastores-per-cluster 4] [--latency-factor 1]
#   ./sternpost fleet status [--json]
#   ./sternpost fleet fault HOST|--random dead|partition|slow|lying|disk-full|heal
#   ./sternpost fleet stop [--wipe]
# Starts database and server when they do not run; the three hosts of the lab are not needed. What was started before goes on:
# its identities and virtual machines are kept in the installation's home until the wipe.

. "$ROOT/deploy/launcher/build.sh"
. "$ROOT/deploy/launcher/up.sh"

FLEET_HOME=$STERNPOST_HOME/fleet
FLEET_SECONDS_MAX=7200
# A server for more than this many virtual machines gets more memory and the better compiler, unless STERNPOST_SERVER_JAVA says what it gets.
FLEET_VMS_SMALL=2000
FLEET_SERVER_JAVA="-Xmx2g -XX:TieredStopAtLevel=4 -XX:-UseSerialGC -XX:+UseParallelGC"

fleet_usage() {
  sed -n '2,5s/^# *//p' "$ROOT/deploy/launcher/fleet.sh" >&2
  exit 2
}

run_fleet() {
  local word=${1:-}
  [ $# -gt 0 ] && shift
  case $word in
    start) fleet_start "$@" ;;
    status) fleet_status "$@" ;;
    fault) fleet_fault "$@" ;;
    stop) fleet_stop "$@" ;;
    *) fleet_usage ;;
  esac
}

fleet_ask() { "$JAVA_HOME/bin/java" "@$(program_dir)/fleet.args" -XX:TieredStopAtLevel=1 -XX:-UseParallelGC -XX:+UseSerialGC dev.sternpost.fleet.main.Main ask "$FLEET_HOME" "$@"; }

fleet_start() {
  local hosts=20 vms=10 arguments=("$@") since json stage
  while [ $# -gt 0 ]; do
    case $1 in
      --hosts) hosts=${2:-} ;;
      --vms-per-host) vms=${2:-} ;;
      --seed | --hosts-per-cluster | --datastores-per-cluster | --latency-factor) ;;
      *) fleet_usage ;;
    esac
    [ $# -ge 2 ] || fleet_usage
    case $2 in '' | *[!0-9.]*) say "$1 is a number, not $2"; exit 2 ;; esac
    shift 2
  done
  take_lock fleet
  find_jdk
  install_packages "$ROOT/deploy/packages.txt"
  build_modules
  check_ports
  mkdir -p "$SOCKETS" "$STERNPOST_HOME/cli" "$FLEET_HOME"
  chmod 0755 "$SOCKETS"
  [ $((hosts * vms)) -le $FLEET_VMS_SMALL ] || STERNPOST_SERVER_JAVA=${STERNPOST_SERVER_JAVA:-$FLEET_SERVER_JAVA}
  start_server
  log_in
  since=$(now_ms)
  if is_running fleet; then
    note_step Fleet "runs already; ./sternpost fleet stop ends it"
    return 1
  fi
  launch fleet "$JAVA_HOME/bin/java" "@$(program_dir)/fleet.args" dev.sternpost.fleet.main.Main start --home "$FLEET_HOME" --server "127.0.0.1:$API_PORT" \
    --ca "$CA_FILE" --password-file "$PASSWORD_FILE" "${arguments[@]}"
  wait_until $FLEET_SECONDS_MAX fleet_ready || fail "the fleet did not become ready" "$LOG/fleet.log"
  done_step Fleet "$(jq -r '"\(.connected) hosts connected, \(.vms) virtual machines, \(.running) of them on"' <<< "$json")" "$since"
}

# Sets json. Asks once a second at most: each question starts a JVM.
fleet_ready() {
  is_running fleet || fail "the fleet ended while starting" "$LOG/fleet.log"
  sleep 0.7
  json=$(fleet_ask status 2> /dev/null) || return 1
  working Fleet "$(jq -r '"\(.stage): \(.enrolled) enrolled, \(.connected) connected, \(.vms) of \(.wanted) virtual machines"' <<< "$json")   "
  [ "$(jq -r .stage <<< "$json")" = ready ]
}

fleet_status() {
  local json
  find_jdk
  if ! is_running fleet; then
    say "  No fleet runs. Start one: ./sternpost fleet start --hosts 20 --vms-per-host 10"
    return 3
  fi
  json=$(fleet_ask status) || { say "  the fleet is still starting"; return 1; }
  json=$(jq -c --argjson rss "$(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$(pid_of fleet)/status")" '. + {rssMib: $rss}' <<< "$json")
  if [ "${1:-}" = --json ]; then
    echo "$json"
  else
    jq -r '"  Fleet    \(.stage), pid '"$(pid_of fleet)"', RSS \(.rssMib) MiB",
      "  Hosts    \(.connected) of \(.hosts) connected" + (if .faults == {} then "" else "; " + (.faults | to_entries | map("\(.value) \(.key)") | join(", ")) end),
      "  VMs      \(.vms) of \(.wanted), \(.running) on" + (if .notMade > 0 then "; \(.notMade) could not be made, see the log" else "" end)' <<< "$json"
  fi
}

fleet_fault() {
  find_jdk
  [ $# = 2 ] || fleet_usage
  is_running fleet || { say "  No fleet runs."; return 3; }
  fleet_ask fault "$@"
}

fleet_stop() {
  local since
  since=$(now_ms)
  case ${1:-} in '' | --wipe) ;; *) fleet_usage ;; esac
  take_lock fleet
  stop_process fleet 15
  done_step Fleet "stopped; its hosts do not respond until it is started again" "$since"
  if [ "${1:-}" = --wipe ]; then
    rm -rf "$FLEET_HOME"
    note_step Fleet "identities and virtual machines are gone; what the server has of them stays until it is removed there"
  fi
}
