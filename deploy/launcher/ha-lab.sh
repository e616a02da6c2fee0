# Misfortunes of the lab's hosts, for the demonstration and the drill of high availability: a power cut, a cut network, a freeze, the death of an
# agent or of a virtual machine, with the server there or not. What is looked at is the truth: QEMU processes and the kernel's locks on disk images.

. "$ROOT/deploy/launcher/up.sh"

HA_CLUSTER=cluster-1
NFT_TABLE=sternpost_$INSTANCE

# ---- looking ---------------------------------------------------------------------------------------------------------

# The QEMU processes of a VM: "PID HOST" each.
qemus_of_vm() {
  local pid socket
  for pid in $(vm_pids); do
    socket=$(tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null | grep -e "guest=$1[^0-9]" | grep -o "$SOCKETS/h[0-9]*" | head -n 1)
    [ -n "$socket" ] && [ -n "$(start_time_of "$pid")" ] && echo "$pid ${socket##*/h}"
  done
}
runs_once() { [ "$(qemus_of_vm "$1" | wc -l)" = 1 ]; }
runs_on() { [ "$(qemus_of_vm "$1" | cut -d' ' -f2)" = "$2" ]; }
runs_elsewhere() { local on; on=$(qemus_of_vm "$1" | cut -d' ' -f2); [ -n "$on" ] && [ "$(wc -l <<< "$on")" = 1 ] && [ "$on" != "$2" ]; }
host_number_of() { qemus_of_vm "$1" | head -n 1 | cut -d' ' -f2; }
vm_directory() { api GET "/api/v1/vms/$1" | jq -r '.vm.directory // .vm.name'; }

ha_json() { api GET "/api/v1/clusters/$HA_CLUSTER/ha" 2> /dev/null; }
# Every host holds its lease and hears the others, one is coordinator, and nothing waits to be started.
ha_is_settled() {
  ha_json | jq -e --argjson others "$((HOSTS - 1))" '.status | (.coordinatorHostId // "") != "" and ([.hosts[] | select(.leaseHeld and (.heardHostNames | length) == $others and (.verdict == "" or .verdict == null or .verdict == "alive"))] | length) == $others + 1
    and ([.vms[]? | select(.restart != null)] | length) == 0' > /dev/null 2>&1
}

# The same, and a host whose power was cut meanwhile is switched on.
ha_settles() {
  local n
  for ((n = 1; n <= HOSTS; n++)); do host_back "$n"; done
  ha_is_settled
}

watch_begin() { # VM...: watches them from now on
  local id directories=()
  for id in "$@"; do directories+=("$id=$(vm_directory "$id")"); done
  rm -f "$RUN/watch-end"
  "$(cat "$CACHE/java-home")/bin/java" "$ROOT/deploy/launcher/TwiceWatch.java" "$DATASTORE" "$RUN/watch-end" "${directories[@]}" > "$RUN/watch.json" 2> "$LOG/watch.log" < /dev/null 9>&- &
  WATCH=$!
}
# What the server says is true of each VM: where it runs, that it does, and no task in the way.
records_are_right() {
  local id record
  for id in "$@"; do
    record=$(api GET "/api/v1/vms/$id" 2> /dev/null) || return 1
    [ "$(jq -r '.vm | "\(.powerState) \(.hostName)"' <<< "$record")" = "POWER_STATE_POWERED_ON host-$(host_number_of "$id")" ] || return 1
  done
  [ "$(api GET "/api/v1/tasks?activeOnly=true" 2> /dev/null | jq '.tasks | length')" = 0 ]
}
# Starts that nothing but QEMU's lock on the image has kept from being a second guest.
refused_by_image() { cat "$LOG"/host-*.log | grep -ac 'could not be started.*in use by another process'; }
watch_end() { touch "$RUN/watch-end"; wait "$WATCH" 2> /dev/null; rm -f "$RUN/watch-end"; }

# ---- doing -----------------------------------------------------------------------------------------------------------

guard_pid() { # its file outlives it, and pids are used again
  local pid
  pid=$(cat "$SOCKETS/h$1/ha/guard.pid" 2> /dev/null)
  [ -n "$pid" ] && cat "/proc/$pid/cmdline" 2> /dev/null | tr '\0' ' ' | grep -q "GuardMain $SOCKETS/h$1/ha" && echo "$pid"
}
host_pids() { # all that is a host: its agent, its guard, its virtual machines
  local pid
  pid_of "host-$1"
  guard_pid "$1"
  for pid in $(vm_pids); do tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null | grep -qF "$SOCKETS/h$1/" && echo "$pid"; done
}
signal_host() { # SIGNAL N
  local pids
  pids=$(host_pids "$2")
  # shellcheck disable=SC2086
  kill "-$1" $pids 2> /dev/null
}

# A host that was found dead has its power cut by the server, to be sure; somebody has to switch it on again.
host_back() { is_running "host-$1" || start_host "$1"; }

act_power_cut() { signal_host KILL "$1"; rm -f "$RUN/host-$1.pid"; }
undo_power_cut() { host_back "$1"; }

next_host() { echo $(($1 % HOSTS + 1)); }

# Two hosts of three lose their power at once: the last one hears nobody, and is the one to decide.
act_two_die() {
  act_power_cut "$1"
  act_power_cut "$(next_host "$1")"
}
undo_two_die() {
  host_back "$1"
  host_back "$(next_host "$1")"
}

# A host's power is cut while one of its VMs is on the way to another host: MIGRATION is the task.
act_source_dies() {
  MIGRATION=$(api POST "/api/v1/vms/$VM_THAT_MOVES:migrate" "$(jq -n --arg to "host-$(next_host "$1")" '{host: $to, bandwidthLimitBytesPerSecond: 2000000}')" | jq -r '.task.id // empty')
  [ -n "$MIGRATION" ] && wait_until 20 copies "$MIGRATION"
  act_power_cut "$1"
}
copies() { [ "$(api GET "/api/v1/tasks/$1" | jq -r .task.currentStep)" = await-convergence ]; }

act_freeze() { signal_host STOP "$1"; }
undo_freeze() { signal_host CONT "$1"; host_back "$1"; }

# The machine's control freezes, its guests go on: nothing but the locks of their images keeps others from starting them meanwhile.
act_freeze_control() { kill -STOP "$(pid_of "host-$1")" "$(guard_pid "$1")" 2> /dev/null; }
undo_freeze_control() { kill -CONT "$(guard_pid "$1")" "$(pid_of "host-$1")" 2> /dev/null; host_back "$1"; }

act_agent_dies() { kill -KILL "$(pid_of "host-$1")"; rm -f "$RUN/host-$1.pid"; }
undo_agent_dies() { host_back "$1"; }

act_guard_dies() { kill -KILL "$(guard_pid "$1")"; }
undo_guard_dies() { :; }

# What the host says to others and to the server, and what they say to it, does not arrive; nor do its guests' frames.
act_network_cut() {
  nft -f - << TEXT
table inet $NFT_TABLE {
  chain host_$1 {
    type filter hook output priority 0; policy accept;
    ip saddr 127.0.1.$1 tcp dport { $RELAY_PORT, $LINK_PORT } drop
    ip daddr 127.0.1.$1 tcp sport { $RELAY_PORT, $LINK_PORT } drop
    ip daddr 127.0.1.$1 tcp dport $RELAY_PORT drop
    ip saddr 127.0.1.$1 tcp sport $RELAY_PORT drop
  }
}
TEXT
  is_root && ip netns exec "$PHYS_NETNS" ip link set "host$1" down
}
undo_network_cut() {
  nft flush chain inet "$NFT_TABLE" "host_$1" 2> /dev/null
  nft delete chain inet "$NFT_TABLE" "host_$1" 2> /dev/null
  is_root && ip netns exec "$PHYS_NETNS" ip link set "host$1" up
}
network_rules_gone() { nft delete table inet "$NFT_TABLE" 2> /dev/null; }

server_dies() { kill -KILL "$(pid_of server)" 2> /dev/null; rm -f "$RUN/server.pid"; }
server_back() { is_running server || { start_server && log_in; } > /dev/null 2>&1; }

# Whatever happened, everything is there again.
mend_all() {
  local n
  network_rules_gone
  for ((n = 1; n <= HOSTS; n++)); do
    signal_host CONT "$n"
    is_root && ip netns exec "$PHYS_NETNS" ip link set "host$n" up 2> /dev/null
  done
  server_back
  for ((n = 1; n <= HOSTS; n++)); do host_back "$n"; done
}

# ---- the stage -------------------------------------------------------------------------------------------------------

# ensure_vm NAME: a running VM made from the template; its id
ensure_vm() {
  local answer task id
  id=$(api GET "/api/v1/vms/$1" 2> /dev/null | jq -r '.vm.id // empty')
  if [ -z "$id" ]; then
    answer=$(api POST /api/v1/vms "$(jq -n --arg name "$1" '{name: $name, template: "linux-guest", compute: "/DC0/host/cluster-1", datastore: "shared1", powerOn: true}')") || fail "$1 could not be made: $answer"
  elif [ "$(api GET "/api/v1/vms/$1" | jq -r .vm.powerState)" != POWER_STATE_POWERED_ON ]; then
    answer=$(api POST "/api/v1/vms/$1:powerOn" '{}') || fail "$1 could not be powered on: $answer"
  fi
  if [ -n "${answer:-}" ]; then
    task=$(jq -r .task.id <<< "$answer")
    await_task "$task" || fail "$1 could not be started" "$LOG/server.log"
  fi
  api GET "/api/v1/vms/$1" | jq -r .vm.id
}
await_task() { # ID: until it has ended; fails when it has
  local state
  for ((i = 0; i < 90; i++)); do
    state=$(api GET "/api/v1/tasks/$1:wait?timeoutMs=2000" | jq -r .task.state)
    case $state in *SUCCEEDED) return 0 ;; *FAILED | *CANCELLED) return 1 ;; esac
  done
  return 1
}
enable_ha() {
  local answer
  [ "$(ha_json | jq -r '.settings.state')" = HA_STATE_ON ] && return 0
  answer=$(api POST "/api/v1/clusters/$HA_CLUSTER/ha:enable" '{}') || fail "high availability could not be enabled: $answer"
  await_task "$(jq -r .task.id <<< "$answer")" || fail "high availability could not be enabled: $(api GET "/api/v1/tasks/$(jq -r .task.id <<< "$answer")" | jq -r .task.fault.message)"
}
need_nft() { command -v nft > /dev/null || fail "nft is missing, which cuts the hosts' network: apt-get install nftables"; }
