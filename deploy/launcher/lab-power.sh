# The power of the lab's hosts, as a management controller would have it: what the server calls to wake a host from stand-by, and what a
# host's agent calls to switch its own machine off. The contract is that of the server's setting sternpost.power.command: status, on
# and off, exit code 3 for what was so already.
#   $SOCKETS/power host-2 status|on|off
# A host of the lab is its agent; off ends the virtual machines that still run there as well, as a power cut does.

. "$ROOT/deploy/launcher/up.sh"
. "$ROOT/deploy/launcher/ha-lab.sh"

OFF_SECONDS_MAX=5

run_lab-power() {
  local n=${1#host-}
  case $n in [1-9]) [ "$n" -le "$HOSTS" ] || n= ;; *) n= ;; esac
  [ -n "$n" ] && [ $# = 2 ] || { echo "usage: power host-1..host-$HOSTS status|on|off"; exit 2; }
  JAVA_HOME=$(cat "$CACHE/java-home")
  case $2 in
    status) if [ -n "$(living_pids "$n")" ]; then echo on; else echo off; fi ;;
    on)
      is_running "host-$n" && exit 3
      start_host "$n"
      echo "host-$n is switched on"
      ;;
    off)
      [ -n "$(living_pids "$n")" ] || exit 3
      lab_power_cut "$n"
      echo "host-$n is switched off"
      ;;
    *) echo "there is no verb $2"; exit 2 ;;
  esac
}

# A machine is on as long as anything of it lives, stopped or not.
living_pids() { local pid; for pid in $(host_pids "$1"); do [ -n "$(start_time_of "$pid")" ] && echo "$pid"; done; }

# The agent may have asked for this itself, and ends in order; whatever else there is of the host has no say.
lab_power_cut() {
  local pid agent
  agent=$(pid_of "host-$1")
  for pid in $(host_pids "$1"); do [ "$pid" = "$agent" ] || kill -KILL "$pid" 2> /dev/null; done
  stop_process "host-$1" "$OFF_SECONDS_MAX"
}
