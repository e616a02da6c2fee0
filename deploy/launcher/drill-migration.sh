# ./sternpost drill migration [--count N] [--seed S] [--json]
# Live migrations of a real guest that writes a pattern into its memory, each disturbed at a phase and by a victim drawn from the seed. After each: one QEMU
# process or, where the one that had the guest was killed, none; the guest's memory page by page as it should be; a task that says what is true; nothing left on the
# other hosts; and the virtual machine migrates again at once. The kernel's locks on its image are watched all the time. The drill makes mig-1, and leaves it.

MIGRATION_USAGE="usage: ./sternpost drill migration [--count N] [--seed S] [--json]"
MIGRATION_VICTIMS=(source_agent target_agent source_qemu target_qemu server link database)
# The step that must have been reached, and the most milliseconds that are drawn on top of it. "lock": the lock names the target, which lasts for some milliseconds
# until the guest runs there.
MIGRATION_PHASES=("prepare prepare-target 200" "precopy-1 round-1 800" "precopy-2 round-2 600" "converged converged 30" "switch-over switch-over 150"
  "hand-over switch-over 500" "after-hand-over flip-owner 200" "release announce 200")
MIGRATION_SECONDS_MAX=120
LOAD=(--bytes 24M --rate 12M)
SLOW_BYTES_PER_SECOND=40000000

run_migration_drill() {
  local count=8 seed=1 json= run=0 id phase victim act ok=true kills=0 migrations=0 both=0 corrupt=0 leftovers=0 failed=0 lines=() drawn twice
  while [ $# -gt 0 ]; do
    case $1 in
      --count) count=${2:-}; shift 2 ;;
      --seed) seed=${2:-}; shift 2 ;;
      --json) json=yes; shift ;;
      *) say "$MIGRATION_USAGE"; exit 2 ;;
    esac
  done
  case $count$seed in *[!0-9]* | '') say "--count and --seed are numbers"; exit 2 ;; esac
  need_nft
  is_root || fail "a drill kills processes of the lab's hosts, and needs root"
  run_up --quiet-end
  trap - INT TERM
  id=$(ensure_vm mig-1)
  start_load || fail "the guest of mig-1 does not write its pattern" "$LOG/server.log"
  watch_begin "$id"
  trap 'mend_all; touch "$RUN/watch-end"' EXIT
  RANDOM=$seed
  for ((run = 1; run <= count; run++)); do
    # Every pair of phase and victim once before any comes again.
    if [ $(((run - 1) % 56)) = 0 ]; then
      mapfile -t drawn < <(for phase in "${MIGRATION_PHASES[@]}"; do for victim in "${MIGRATION_VICTIMS[@]}"; do echo "$victim $phase"; done; done | shuffle)
    fi
    # shellcheck disable=SC2086
    disturbed_migration ${drawn[(run - 1) % 56]}
    act=$?
    [ "$act" = 0 ] || { ok=false failed=$((failed + 1)); mend_all; log_in; }
  done
  watch_end
  trap - EXIT
  mend_all
  twice=$(jq '.twice | length' "$RUN/watch.json")
  [ "$twice" = 0 ] || { ok=false both=$((both + twice)); }
  printf '\n  %d migrations (%d processes killed or links cut), %d runs failed, %d with two writers in %d looks at the locks\n' \
    "$migrations" "$kills" "$failed" "$both" "$(jq .samples "$RUN/watch.json")" >&2
  [ -z "$json" ] || printf '%s\n' "${lines[@]}" | jq -s --argjson ok "$ok" --argjson seed "$seed" --argjson migrations "$migrations" --argjson kills "$kills" --argjson both "$both" \
    --argjson corrupt "$corrupt" --argjson leftovers "$leftovers" --argjson failed "$failed" --argjson samples "$(jq .samples "$RUN/watch.json")" \
    '{ok: $ok, seed: $seed, count: length, migrations: $migrations, kills: $kills, failed: $failed, singleSurvivor: ($both == 0), memoryIntact: ($corrupt == 0), leftovers: $leftovers, lockSamples: $samples, runs: .}'
  [ "$ok" = true ]
}

# ---- one run -----------------------------------------------------------------------------------------------------------

disturbed_migration() { # VICTIM PHASE STEP DELAY_MS_MAX
  local victim=$1 phase=$2 step=$3 delay=$((RANDOM % ($4 + 1))) away=$((RANDOM % 3)) task target target_id lock aimed boot state step_hit= problems=() since qemus owner source died=false
  source=$(host_number_of "$id")
  target=$((1 + (source + RANDOM % (HOSTS - 1)) % HOSTS))
  target_id=$(host_id "$target")
  lock=$DATASTORE/$(vm_directory "$id")/mig-1.lck
  boot=$(boot_id)
  since=$(now_ms)
  task=$(api POST "/api/v1/vms/$id:migrate" "$(jq -n --arg host "host-$target" --arg limit "$SLOW_BYTES_PER_SECOND" '{host: $host, bandwidthLimitBytesPerSecond: $limit}')" | jq -r '.task.id // empty')
  migrations=$((migrations + 1))
  if [ -z "$task" ]; then
    problems+=("the migration was not accepted")
  else
    aim "$victim" "$source" "$target"
    printf -v delay '0.%03d' "$delay"
    wait_for_step "$task" "$step"
    sleep "$delay"
    lock_names "$target_id" && step_hit=target || step_hit=source
    strike "$victim" "$source" "$target"
    sleep "$away"
    heal "$victim" "$source" "$target"
    wait_until "$MIGRATION_SECONDS_MAX" task_has_ended "$task" || problems+=("the task does not end")
    state=$(api GET "/api/v1/tasks/$task" | jq -r '.task.state | sub("TASK_STATE_"; "")')
    settle_survivor
  fi
  qemus=$(qemus_of_vm "$id" | wc -l)
  [ "$qemus" -le 1 ] || { problems+=("$qemus QEMU processes"); both=$((both + 1)); }
  if [ "$qemus" = 0 ]; then
    died=true
    # The guest can only be lost with the process that had it.
    case $victim in *_qemu) ;; *) problems+=("no QEMU is left") ;; esac
    wait_until 30 vm_is_off || problems+=("its record does not say that it is off")
    api POST "/api/v1/vms/$id:powerOn" '{}' > "$RUN/drill-answer" 2>&1
    await_task "$(jq -r '.task.id // empty' "$RUN/drill-answer")" || problems+=("it cannot be powered on again")
    start_load || problems+=("its guest does not boot again")
  else
    owner=$(host_number_of "$id")
    task_is_true "$state" "$source" "$target" "$owner" || problems+=("the task is $state but it runs on host-$owner")
    wait_until 60 guest_answers || problems+=("its guest does not answer")
    [ "$(boot_id)" = "$boot" ] || { problems+=("its guest has booted anew"); corrupt=$((corrupt + 1)); }
    memory_is_whole || { problems+=("its memory is not what it wrote: $VERDICT"); corrupt=$((corrupt + 1)); }
  fi
  remains=
  wait_until 30 nothing_remains || { problems+=("left behind: $remains"); leftovers=$((leftovers + 1)); }
  migrates_at_once || problems+=("it does not migrate again: $AGAIN")
  lines+=("$(jq -nc --argjson run "$run" --arg victim "$victim" --arg phase "$phase" --arg lockNamed "$step_hit" --arg source "host-$source" --arg target "host-$target" --arg task "$task" --arg state "$state" \
    --argjson died "$died" --argjson totalMs "$(($(now_ms) - since))" --arg problems "$(IFS=';'; echo "${problems[*]}")" \
    '{run: $run, victim: $victim, phase: $phase, lockNamed: $lockNamed, source: $source, target: $target, task: $task, state: $state, guestKilled: $died, totalMs: $totalMs, ok: ($problems == ""), problems: $problems}')")
  printf '  %s %3d  %-13s %-16s lock at the %-7s %-9s %s %s\n' "$([ ${#problems[@]} = 0 ] && echo ok || echo FAIL)" "$run" "$victim" "$phase" "$step_hit" "$state" \
    "$([ $died = true ] && echo "guest killed" || echo "on host-$owner")" "${problems[*]:-}" >&2
  [ ${#problems[@]} = 0 ]
}

task_json() { api GET "/api/v1/tasks/$1" 2> /dev/null; }
# Without any process of its own, since the lock changes hands in milliseconds.
lock_names() { local text; mapfile -t text < "$lock" 2> /dev/null; [[ ${text[*]} == *"\"$1\""* ]]; }
task_has_ended() { case $(task_json "$1" | jq -r .task.state) in *SUCCEEDED | *FAILED | *CANCELLED) ;; *) return 1 ;; esac; }
# Steps go by in milliseconds: one that was missed counts as reached when a later one is.
reached() { # TASK STEP
  task_json "$1" | jq -e --arg step "$2" '.task | (["prepare-target", "start-precopy", "round-1", "round-2", "converged", "switch-over", "flip-owner", "activate-target", "announce", "release-source", "release-reservation"]) as $order
    | (if .currentStep == "await-convergence" then (((.migration.rounds // []) | length) as $n | if $n >= 1 then "round-2" else "round-1" end) else (.currentStep // "") end) as $now
    | (.state != "TASK_STATE_RUNNING" and .state != "TASK_STATE_QUEUED") or (($order | index($now)) // -1) >= ($order | index($step) | if $step == "converged" then . + 0 else . end)' > /dev/null
}
wait_for_step() {
  local i step=$2
  if [ "$step" = lock ]; then
    for ((i = 0; i < 60000; i++)); do
      lock_names "$target_id" && return 0
      ((i % 2000)) || { task_has_ended "$1" && return 0; }
    done
    return 0
  fi
  for ((i = 0; i < 600; i++)); do
    reached "$1" "$step" && return 0
    sleep 0.01
  done
}

database_pid() { head -n 1 "$DATA"/pg/data/postmaster.pid 2> /dev/null || head -n 1 "$DATA"/pg/postmaster.pid 2> /dev/null; }
qemu_on() { qemus_of_vm "$id" | awk -v n="$1" '$2 == n { print $1 }'; }

# Whom the blow will meet is looked up before, since a look takes longer than some phases do.
aim() { # VICTIM SOURCE TARGET
  local i
  aimed=
  case $1 in
    source_agent) aimed=$(pid_of "host-$2") ;;
    target_agent) aimed=$(pid_of "host-$3") ;;
    source_qemu) aimed=$(qemu_on "$2") ;;
    target_qemu) for ((i = 0; i < 100; i++)); do aimed=$(qemu_on "$3"); [ -z "$aimed" ] || break; sleep 0.02; done ;;
    server) aimed=$(pid_of server) ;;
    database) aimed=$(database_pid) ;;
  esac
}
strike() { # VICTIM SOURCE TARGET
  kills=$((kills + 1))
  # shellcheck disable=SC2086
  [ -z "$aimed" ] || kill -KILL $aimed 2> /dev/null
  case $1 in
    source_agent) rm -f "$RUN/host-$2.pid" ;;
    target_agent) rm -f "$RUN/host-$3.pid" ;;
    server) rm -f "$RUN/server.pid" ;;
    link) act_network_cut "$2" ;;
  esac
}
heal() {
  case $1 in
    source_agent) undo_agent_dies "$2" ;;
    target_agent) undo_agent_dies "$3" ;;
    server) server_back ;;
    link) undo_network_cut "$2" ;;
    database)
      # A server without its database ends; whoever watches over it starts it again, and it starts its database.
      if ! wait_until 5 database_answers; then
        server_dies
        server_back
      fi
      ;;
  esac
  wait_until 60 logged_in
}
database_answers() { api GET /api/v1/hosts > /dev/null 2>&1 && [ -n "$(start_time_of "$(database_pid)")" ]; }
logged_in() { api GET /api/v1/vms > /dev/null 2>&1 || { log_in > /dev/null 2>&1; false; }; }

# What runs has to be known to the server again before it is asked about.
settle_survivor() { wait_until 60 survivor_is_known; }
survivor_is_known() {
  local vm qemu
  qemu=$(qemus_of_vm "$id")
  vm=$(api GET "/api/v1/vms/$id" 2> /dev/null | jq -r '.vm | "\(.powerState) \(.hostName)"')
  if [ -z "$qemu" ]; then [ "${vm%% *}" = POWER_STATE_POWERED_OFF ]; else [ "$(wc -l <<< "$qemu")" = 1 ] && [ "$vm" = "POWER_STATE_POWERED_ON host-${qemu##* }" ]; fi
}
vm_is_off() { [ "$(api GET "/api/v1/vms/$id" | jq -r .vm.powerState)" = POWER_STATE_POWERED_OFF ]; }
task_is_true() { # STATE SOURCE TARGET OWNER
  if [ "$1" = SUCCEEDED ]; then [ "$4" = "$3" ]; else [ "$4" = "$2" ]; fi
}

# ---- the guest ---------------------------------------------------------------------------------------------------------

in_guest() { # PROGRAM ARGUMENT...
  api POST "/api/v1/vms/$id:runProgram" "$(printf '%s\n' "$@" | jq -Rn '[inputs] | {program: .[0], arguments: .[1:], timeoutMs: 20000}')" 2> /dev/null | jq -r '.standardOutput // ""' | base64 -d 2> /dev/null
}
guest_answers() { [ "$(in_guest /bin/echo here)" = here ]; }
boot_id() { in_guest /bin/cat /proc/sys/kernel/random/boot_id; }
start_load() {
  wait_until 120 guest_answers || return 1
  in_guest /usr/bin/guest-load stop > /dev/null
  in_guest /usr/bin/guest-load start dirty "${LOAD[@]}" | jq -e .ok > /dev/null
}
memory_is_whole() {
  VERDICT=$(in_guest /usr/bin/guest-load verify)
  jq -e '.ok and .badPages == 0' <<< "$VERDICT" > /dev/null 2>&1
}

migrates_at_once() {
  local source target task
  AGAIN=
  source=$(host_number_of "$id")
  target=$((1 + source % HOSTS))
  task=$(api POST "/api/v1/vms/$id:migrate" "$(jq -n --arg host "host-$target" '{host: $host}')" 2>&1)
  AGAIN=$(jq -r '.message // .error // ""' <<< "$task" 2> /dev/null)
  task=$(jq -r '.task.id // empty' <<< "$task" 2> /dev/null)
  [ -n "$task" ] || return 1
  migrations=$((migrations + 1))
  wait_until "$MIGRATION_SECONDS_MAX" task_has_ended "$task"
  AGAIN=$(task_json "$task" | jq -r '.task | "\(.state) \(.fault.message // "")"')
  [ "$AGAIN" = "TASK_STATE_SUCCEEDED " ] && wait_until 10 runs_on "$id" "$target" && guest_answers && memory_is_whole
}

# ---- what may be left ----------------------------------------------------------------------------------------------------

nothing_remains() {
  local n owner file
  remains=
  owner=$(host_number_of "$id")
  for ((n = 1; n <= HOSTS; n++)); do
    [ "$n" = "$owner" ] && continue
    [ -z "$(qemu_on "$n")" ] || remains+="QEMU on host-$n "
    for file in "$SOCKETS/h$n/$id" "$SOCKETS/h$n/$id".*; do [ ! -e "$file" ] || remains+="$file "; done
    for file in /sys/fs/cgroup/*/sternpost-"$INSTANCE"-h"$n"/"$id" /sys/fs/cgroup/sternpost-"$INSTANCE"-h"$n"/"$id"; do [ ! -d "$file" ] || remains+="$file "; done
    remains+=$(ip -n "$(host_netns "$n")" -o link 2> /dev/null | grep -o "[a-z]*${id#vm-}n[0-9]*" | sed "s/^/tap on host-$n: /")
    grep -qs '^state=\(ON\|INCOMING\|HANDED_OVER\|STARTING\|STOPPING\)$' "$(host_dir "$n")/ledger/vms/$id"* && remains+="books of host-$n "
  done
  remains+=$(find "$DATASTORE/$(vm_directory "$id")" -name '*.tmp' 2> /dev/null)
  [ -z "$owner" ] || grep -qs "hostId = \"$(host_id "$owner")\"" "$DATASTORE/$(vm_directory "$id")"/*.lck || remains+="a lock that does not name host-$owner "
  [ -z "$remains" ]
}
host_id() { api GET "/api/v1/hosts/host-$1" | jq -r .host.id; }
