# Ends everything of this installation: VMs first (QEMU is asked, so that disks are flushed), then agents, server, database
# and network. With --wipe the data goes too.

. "$ROOT/deploy/lab/network.sh"

run_down() {
  local wipe= n since left
  case ${1:-} in
    '') ;;
    --wipe) wipe=yes ;;
    *) say "usage: ./sternpost down [--wipe]"; exit 2 ;;
  esac
  take_lock down
  since=$(now_ms)
  stop_vms
  for ((n = 1; n <= HOSTS; n++)); do is_running "host-$n" && kill -TERM "$(pid_of "host-$n")" 2>/dev/null; done
  for ((n = 1; n <= HOSTS; n++)); do stop_process "host-$n" 5; done
  stop_process server 15
  stop_database
  lab_network_down
  remove_cgroups
  rm -rf "${SOCKETS:?}" "$RUN"/*.leases
  rmdir /run/sternpost 2>/dev/null
  done_step Stopped "no process, namespace or bridge is left" "$since"
  left=$(vm_pids)
  [ -z "$left" ] || fail "these QEMU processes did not end: $left"
  if [ "$wipe" = yes ]; then
    rm -rf "$DATA"/{pg,agents,datastores} "$STERNPOST_HOME"/{server,cli,log} "$RUN"
    [ "$DATA" = "$STERNPOST_HOME" ] || rm -rf "${DATA:?}"
    done_step Wiped "all data of this installation is gone; what was built stays"
  else
    done_step Kept "the data in $DATA (./sternpost down --wipe removes it)"
  fi
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
