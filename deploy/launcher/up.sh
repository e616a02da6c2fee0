# Starts the datacenter on this machine: network, server with its database, three hosts, one cluster, the guest template.
# Every step looks first at what is there, so a second run is quick and an interrupted one is taken up.

. "$ROOT/deploy/launcher/build.sh"
. "$ROOT/deploy/launcher/status.sh"
. "$ROOT/deploy/lab/network.sh"

run_up() {
  local quiet_end= begun n
  local -A took=()
  case ${1:-} in
    '') ;;
    --quiet-end) quiet_end=yes ;;
    *) say "usage: ./sternpost up"; exit 2 ;;
  esac
  take_lock up
  say "${BOLD}Sternpost up${PLAIN}"
  build_all --spare
  begun=$(now_ms)
  check_ports
  mkdir -p "$SOCKETS" "$DATASTORE" "$DATASTORE2" "$STERNPOST_HOME/cli"
  chmod 0755 "$SOCKETS"
  write_power_button
  start_network
  start_server
  log_in
  add_inventory
  start_hosts
  set_power_method
  add_template
  echo "$(($(now_ms) - begun))" > "$RUN/up-millis"
  done_step Ready "all of it in" "$begun"
  [ -n "$quiet_end" ] || show_welcome
}

# Another program on one of our ports would only show as a confusing failure later.
check_ports() {
  local port owner
  is_running server && return 0
  for port in "$API_PORT" "$LINK_PORT" "$DB_PORT"; do
    if ! is_running server && (exec 3<> "/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      [ "$port" = "$DB_PORT" ] && [ -f "$DATA/pg/data/postmaster.pid" ] && continue # our own, left by a killed server; it takes it over
      owner=$(ss -Hltnp "sport = :$port" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1, pid \2/p' | head -n 1)
      fail "port $port on 127.0.0.1 is taken (${owner:-by another program}). End that, or choose other ports: STERNPOST_PORT_BASE=8440 ./sternpost up"
    fi
  done
}

start_network() {
  local since
  since=$(now_ms)
  if is_root; then
    lab_network_up || fail "the lab's network namespaces could not be made"
    done_step Network "3 hosts on one segment, $GUEST_NETWORK.0/24" "$since"
  else
    note_step Network "not root: VMs get user-mode networking and cannot reach each other"
  fi
}

# In a rehearsal (programs.sh) a program records what its start needs. Not what was hot: the C1 compiler makes no use of it.
recording() {
  [ -z "${RECORD_TO:-}" ] || printf '%s\n' "-XX:AOTCacheOutput=$RECORD_TO/$1.aot" -XX:+UnlockDiagnosticVMOptions -XX:+IgnoreUnrecognizedVMOptions \
    -XX:-AOTRecordTraining
}

start_server() {
  local since
  since=$(now_ms)
  stop_when_outdated server
  if is_running server && ready; then
    done_step Server "running since $(ps -o lstart= -p "$(pid_of server)")"
    return 0
  fi
  stop_process server 5
  working Server "starting PostgreSQL and the server"
  SERVER_IS_NEW=yes
  local database=(--sternpost.db.embedded.dir="$DATA/pg" --sternpost.db.embedded.port="$DB_PORT")
  [ -n "${STERNPOST_DB_URL:-}" ] && database=(--sternpost.db.url="$STERNPOST_DB_URL" --sternpost.db.user="${STERNPOST_DB_USER:-sternpost}")
  mapfile -t record < <(recording vcenter-server)
  # shellcheck disable=SC2086 # several options
  launch server "$JAVA_HOME/bin/java" "${record[@]}" "@$(program_dir)/vcenter-server.args" ${STERNPOST_SERVER_JAVA:-} \
    dev.sternpost.server.Main --sternpost.home="$STERNPOST_HOME/server" --sternpost.api.port="$API_PORT" \
    --sternpost.agent-link.port="$LINK_PORT" --sternpost.power.command="$SOCKETS/power" "${database[@]}"
  wait_until 90 server_up || fail "the server did not become ready" "$LOG/server.log"
  done_step Server "ready on $API" "$since"
}

# A process of an older build makes room for the new one. Virtual machines run on meanwhile.
stop_when_outdated() {
  is_running "$1" || return 0
  grep -qsF "$(program_dir)/" "/proc/$(pid_of "$1")/cmdline" && return 0
  note_step "$1" "runs an older build; it is started again"
  stop_process "$1" 10
}

ready() { [ -f "$CA_FILE" ] && curl -s -o /dev/null --fail --max-time 2 --cacert "$CA_FILE" "$API/readyz"; }
server_up() {
  is_running server || fail "the server ended while starting" "$LOG/server.log"
  ready
}

# wait_until SECONDS CONDITION...: asks about ten times a second
wait_until() {
  local end=$(($(now_ms) + $1 * 1000))
  shift
  while ! "$@"; do
    [ "$(now_ms)" -lt "$end" ] || return 1
    sleep 0.1
  done
}

PASSWORD_FILE=$STERNPOST_HOME/server/initial-admin-password

SESSION_FILE=$RUN/session   # the launcher's own session, so that not every verb costs a login
LOGIN_WAIT_SECONDS_MAX=330  # a little more than the brake on failed logins lasts

log_in() {
  local code left end=$(($(now_ms) + LOGIN_WAIT_SECONDS_MAX * 1000))
  jq -n --arg server "127.0.0.1:$API_PORT" --arg ca "$CA_FILE" --arg passwordFile "$PASSWORD_FILE" \
    '{server: $server, caFile: $ca, user: "administrator", passwordFile: $passwordFile}' > "$STERNPOST_HOME/cli/context.json"
  while ! code=$(try_log_in); do
    case $code in
      LOGIN_THROTTLED*)
        left=${code#* }
        [ $(($(now_ms) + left * 1000)) -lt "$end" ] || fail "the server still refuses logins after $LOGIN_WAIT_SECONDS_MAX s, since somebody keeps failing them from this machine" "$LOG/server.log"
        note_step Login "too many failed logins from this machine; the server takes the next in $left s: waiting (Ctrl-C to leave)"
        sleep "$left"
        ;;
      NO_PASSWORD) fail "there is no $PASSWORD_FILE; put the administrator's password there (mode 0600) so that the launcher can log in" ;;
      LOGIN_REFUSED*) fail "the password in $PASSWORD_FILE is not the administrator's any more; put the present one there (mode 0600)" ;;
      *) fail "the launcher could not log in (${code:-no answer})" "$LOG/server.log" ;;
    esac
  done
  TOKEN=$(cat "$SESSION_FILE")
}

# Keeps a session that works in SESSION_FILE: the one that is there, else a new one. Where there is none it prints the
# fault's code and, when that passes, the seconds it takes.
try_log_in() {
  local answer
  TOKEN=$(cat "$SESSION_FILE" 2> /dev/null) && api GET /api/v1/session > /dev/null 2>&1 && return 0
  [ -f "$PASSWORD_FILE" ] || { echo NO_PASSWORD; return 1; }
  answer=$(jq -n --rawfile password "$PASSWORD_FILE" '{userName: "administrator", password: ($password | rtrimstr("\n"))}' \
    | curl -sS --fail-with-body --max-time 20 --cacert "$CA_FILE" --data-binary @- -H 'content-type: application/json' "$API/api/v1/sessions")
  if jq -e .token > /dev/null 2>&1 <<< "$answer"; then
    (umask 077 && jq -r .token <<< "$answer" > "$SESSION_FILE.new") && mv -f "$SESSION_FILE.new" "$SESSION_FILE"
    return 0
  fi
  jq -r '.code + " " + ((.message | capture("in (?<seconds>[0-9]+) s").seconds)? // "")' 2> /dev/null <<< "$answer"
  return 1
}

find_path() { api GET "/api/v1/inventory:find?path=$1" 2>/dev/null; }

add_inventory() {
  find_path /DC0 > /dev/null || api POST /api/v1/datacenters '{"name":"DC0"}' > /dev/null || fail "the datacenter could not be made" "$LOG/server.log"
  find_path /DC0/host/cluster-1 > /dev/null || api POST /api/v1/clusters '{"folder":"/DC0/host","name":"cluster-1"}' > /dev/null \
    || fail "the cluster could not be made" "$LOG/server.log"
}

CONNECT_SECONDS_MAX=45 # for agents that were just started
RUNNING_SECONDS_MAX=10 # for those that ran before: a link that was lost comes back in a few

# host_id N: under which the server knows it; nothing before it enrolled.
host_id() { sed -n 's/^host\.id=//p' "$(host_dir "$1")/identity/host.properties" 2> /dev/null; }

# is_connected N [TIME]: whether the server hears it, and has since then.
is_connected() {
  local id
  id=$(host_id "$1")
  [ -n "$id" ] && api GET "/api/v1/hosts/$id" 2> /dev/null | jq -e --arg since "${2:-}" '.host | .connectionState == "HOST_CONNECTION_STATE_CONNECTED"
    and ((.datastoreIds // []) | length > 0) and (.lastSeenTime // "")[0:19] >= $since' > /dev/null
}

unconnected_hosts() {
  local n
  for n in "${MEMBERS[@]}"; do is_connected "$n" || echo "host-$n"; done
}

# An agent that lives and yet does not reach the server, whatever the reason, gets a fresh start. Its VMs run on.
restart_unconnected() {
  local name
  for name in $(unconnected_hosts); do
    note_step Hosts "$name lives but is not connected; it is started again"
    stop_process "$name" 5
    start_host "${name#host-}"
  done
}

start_hosts() {
  local n since started=${SERVER_IS_NEW:+1} heard_since patience=$CONNECT_SECONDS_MAX
  since=$(now_ms)
  leave_out_removed
  heard_since=$(date -u +%Y-%m-%dT%H:%M:%S)
  for n in "${MEMBERS[@]}"; do
    stop_when_outdated "host-$n"
    is_running "host-$n" && continue
    started=1
    start_host "$n"
  done
  working Hosts "waiting for the agents"
  [ -n "$started" ] || { heard_since= patience=$RUNNING_SECONDS_MAX; }
  if ! wait_until "$patience" hosts_connected "$heard_since"; then
    restart_unconnected
    wait_until 60 hosts_connected || fail "not every host connected: $(unconnected_hosts | paste -sd' ')" "$LOG/$(unconnected_hosts | head -n 1).log"
  fi
  done_step Hosts "${#MEMBERS[@]} connected" "$since"
}

# Whom the administrator has removed from the inventory, the server does not let in again: waiting for it would be in vain.
leave_out_removed() {
  local n id answer
  MEMBERS=()
  for ((n = 1; n <= HOSTS; n++)); do
    id=$(host_id "$n")
    if [ -z "$id" ] || answer=$(api GET "/api/v1/hosts/$id" 2> /dev/null) || [ "$(jq -r ".code // empty" <<< "$answer")" != OBJECT_NOT_FOUND ]; then
      MEMBERS+=("$n")
    else
      stop_process "host-$n" 5
      rm -f "$RUN/power-set-$n"
      note_step Hosts "host-$n was removed from the inventory and stays out; to add it again: rm -r $(host_dir "$n")/identity, then ./sternpost up"
    fi
  done
  [ "${#MEMBERS[@]}" -gt 0 ] || fail "every host was removed from the inventory; to begin anew: ./sternpost down --wipe, then ./sternpost up"
}

start_host() {
  local n=$1 home answer network=()
  home=$(host_dir "$n")
  mkdir -p "$home" "$SOCKETS/h$n" "$(local_datastore "$n")"
  if [ ! -f "$home/identity/host.pem" ]; then
    answer=$(find_path "/DC0/host/cluster-1/host-$n") \
      && answer=$(api POST "/api/v1/hosts/$(jq -r .object.id <<< "$answer"):createToken" '{}') \
      || answer=$(api POST /api/v1/hosts "{\"parent\":\"/DC0/host/cluster-1\",\"name\":\"host-$n\"}") \
      || fail "host-$n could not be added: $answer"
    (umask 077 && jq -r .token <<< "$answer" > "$home/enrolment-token")
  fi
  if is_root && [ -z "${RECORD_TO:-}" ]; then network=(--netns "$(host_netns "$n")" --uplink uplink0); else network=(--network-mode user); fi
  if [ -f "$home/agent.properties" ]; then network+=(--config "$home/agent.properties"); fi
  mapfile -t record < <(recording host-agent)
  launch "host-$n" "$JAVA_HOME/bin/java" "${record[@]}" "@$(program_dir)/host-agent.args" \
    dev.sternpost.agent.main.Main --home "$home" --run "$SOCKETS/h$n" --server "127.0.0.1:$API_PORT" --enrolment-token-file "$home/enrolment-token" \
    --relay "127.0.1.$n:$RELAY_PORT" --datastore "shared1=$DATASTORE" --datastore "shared2=$DATASTORE2" --datastore "local$n=$(local_datastore "$n")" --vm-uid "$VM_UID" \
    --power-off-command "$SOCKETS/power host-$n off" "${network[@]}"
}

# Stands for the management controllers of the hosts: see lab-power.sh.
write_power_button() {
  printf '#!/usr/bin/env bash\nSTERNPOST_HOME=%q STERNPOST_PORT_BASE=%q exec %q lab-power "$@"\n' "$STERNPOST_HOME" "$STERNPOST_PORT_BASE" "$ROOT/sternpost" \
    > "$SOCKETS/power.new"
  chmod 0755 "$SOCKETS/power.new"
  mv -f "$SOCKETS/power.new" "$SOCKETS/power"
}

# Once for each host: what somebody has changed since stays.
set_power_method() {
  local n
  for ((n = 1; n <= HOSTS; n++)); do
    [ -f "$RUN/power-set-$n" ] && continue
    api POST "/api/v1/hosts/host-$n/power:update" '{"method":"POWER_METHOD_COMMAND"}' > /dev/null && touch "$RUN/power-set-$n" \
      || note_step Power "host-$n cannot be woken from stand-by: its power method could not be set"
  done
}

# hosts_connected [TIME]: all of them, and heard since then: for some seconds a server that was restarted still takes its hosts
# for connected.
hosts_connected() {
  local n
  for n in "${MEMBERS[@]}"; do
    is_running "host-$n" || fail "the agent of host-$n ended while starting" "$LOG/host-$n.log"
    is_connected "$n" "${1:-}" || return 1
  done
}

# The template is a VM directory like any other: a disk and a .vmx file, then registered.
add_template() {
  local directory=$DATASTORE/linux-guest image=$CACHE/guest/linux-guest.qcow2 since answer task
  find_path /DC0/vm/linux-guest > /dev/null && return 0
  since=$(now_ms)
  if [ ! -f "$directory/linux-guest.vmx" ]; then
    mkdir -p "$directory"
    cp --sparse=always "$image" "$directory/disk0.qcow2"
    write_template_vmx > "$directory/linux-guest.vmx"
    is_root && chown -R "$VM_UID:$VM_UID" "$directory"
  fi
  answer=$(api POST /api/v1/vms:register '{"datastore":"shared1","directory":"linux-guest","template":true,"compute":"/DC0/host/cluster-1"}') \
    || fail "the template could not be registered: $answer"
  task=$(jq -r .task.id <<< "$answer")
  answer=$(api GET "/api/v1/tasks/$task:wait?timeoutMs=20000")
  [ "$(jq -r .task.state <<< "$answer")" = TASK_STATE_SUCCEEDED ] || fail "the template could not be registered: $(jq -r '.task.fault.message // .task.state' <<< "$answer")"
  done_step Template "linux-guest in /DC0/vm" "$since"
}

# vm-0 is nobody's id: registering writes the real one.
write_template_vmx() {
  cat <<TEXT
.encoding = "UTF-8"
config.version = "1"
sternpost.vmId = "vm-0"
displayName = "linux-guest"
uuid.bios = "$(cat /proc/sys/kernel/random/uuid)"
numvcpus = "1"
memSize = "128"
firmware = "bios"
annotation = "A small Linux guest: guest agent, DHCP on every card, guest-load. See deploy/guest/README.md."
virtio0:0.label = "disk0"
virtio0:0.fileName = "disk0.qcow2"
virtio0:0.capacityBytes = "$(jq -r .diskVirtualBytes "$CACHE/guest/guest.json")"
virtio0:0.provisioning = "thin"
ethernet0.label = "nic0"
ethernet0.networkName = "VM Network"
ethernet0.address = "52:54:00:00:00:01"
TEXT
}

show_welcome() {
  show_access
  if [ -s "$RUN/were-running" ]; then
    say "  VMs      off since the last down, and running before it. Start them: ./sternpost vm on $(cat "$RUN/were-running")"
    rm -f "$RUN/were-running"
  fi
  say "  Try      ./sternpost vm create web-1 --template linux-guest --on && ./sternpost vm ls"
}

# Where to log in, and as whom the first time.
show_access() {
  say ""
  show_addresses >&2
  if [ ! -f "$RUN/password-shown" ]; then
    say "  ${BOLD}Log in${PLAIN}   user administrator, password $(cat "$PASSWORD_FILE")"
    say "           (shown this once; it is also in $PASSWORD_FILE)"
    touch "$RUN/password-shown"
  fi
}
