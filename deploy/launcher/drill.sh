# ./sternpost drill ha|migration [--count N] [--seed S] [--json]
# Misfortunes drawn by a seed, one after the other, on the running lab: after each the virtual machines that should run do, each in exactly one
# QEMU process and where the server says. The kernel's locks on their images and their guests' processor time are watched all the time. A drill
# changes the lab: it makes ha-1 to ha-3 and enables high availability, and leaves both.

. "$ROOT/deploy/launcher/build.sh"
. "$ROOT/deploy/launcher/up.sh"
. "$ROOT/deploy/launcher/ha-demo.sh"
. "$ROOT/deploy/launcher/drill-migration.sh"

DRILL_ACTS=(power_cut two_die source_dies freeze freeze_control agent_dies guard_dies network_cut vm_dies power_cut_without_server)
DRILL_SECONDS_MAX=90
FREEZE_SECONDS=16

run_drill() {
  local count=10 seed=1 json= ids=() id act n run=0 ok=true since refused kills=0 restarted=0 lost=0 twice settled lines=()
  case ${1:-} in
    ha) shift ;;
    migration) shift; run_migration_drill "$@"; return ;;
    *) say "usage: ./sternpost drill ha|migration [--count N] [--seed S] [--json]"; exit 2 ;;
  esac
  while [ $# -gt 0 ]; do
    case $1 in
      --count) count=${2:-}; shift 2 ;;
      --seed) seed=${2:-}; shift 2 ;;
      --json) json=yes; shift ;;
      *) say "usage: ./sternpost drill ha [--count N] [--seed S] [--json]"; exit 2 ;;
    esac
  done
  case $count$seed in *[!0-9]* | '') say "--count and --seed are numbers"; exit 2 ;; esac
  need_nft
  is_root || fail "a drill stops and kills processes of the lab's hosts, and needs root"
  run_up --quiet-end
  trap - INT TERM
  for n in 1 2 3; do ids+=("$(ensure_vm "ha-$n")"); done
  enable_ha
  wait_until 60 ha_is_settled || fail "high availability does not settle" "$LOG/host-1.log"
  watch_begin "${ids[@]}"
  trap 'mend_all; touch "$RUN/watch-end"' EXIT
  RANDOM=$seed
  for ((run = 1; run <= count; run++)); do
    # Each act once before any comes again.
    [ $(((run - 1) % ${#DRILL_ACTS[@]})) != 0 ] || mapfile -t DRILL_ACTS < <(printf '%s\n' "${DRILL_ACTS[@]}" | shuffle)
    act=${DRILL_ACTS[(run - 1) % ${#DRILL_ACTS[@]}]}
    id=${ids[RANDOM % ${#ids[@]}]}
    n=$(host_number_of "$id")
    since=$(now_ms) refused=$(refused_by_image)
    drill_act "$act" "$n" "$id"
    if wait_until "$DRILL_SECONDS_MAX" all_run_once "${ids[@]}" && wait_until "$DRILL_SECONDS_MAX" ha_settles && wait_until "$DRILL_SECONDS_MAX" records_are_right "${ids[@]}" && stays_so "${ids[@]}"; then
      settled=true
    else
      settled=false ok=false lost=$((lost + 1))
      mend_all
      log_in
    fi
    # The guests of a host that sleeps, or whose control does, are as they were: there that lock is the last fence. Nowhere else may it be needed.
    case $act in freeze*) ;; *) [ "$(refused_by_image)" = "$refused" ] || settled=false ok=false ;; esac
    lines+=("$(jq -nc --argjson run "$run" --arg act "$act" --arg host "host-$n" --argjson ok "$settled" --argjson restartedMs "${SETTLED_MS:-null}" --argjson totalMs "$(($(now_ms) - since))" \
      '{run: $run, act: $act, host: $host, ok: $ok, restartedMs: $restartedMs, totalMs: $totalMs}')")
    printf '  %s %2d  %-24s host-%s  %s\n' "$([ $settled = true ] && echo ok || echo FAIL)" "$run" "$act" "$n" "${SETTLED_MS:+runs elsewhere after $(seconds "$SETTLED_MS")}" >&2
  done
  watch_end
  trap - EXIT
  mend_all
  twice=$(jq '.twice | length' "$RUN/watch.json")
  [ "$twice" = 0 ] || ok=false
  printf '\n  %d misfortunes (%d processes killed), %d restarts, %d not mended, %d that ran twice in %d looks at the locks and %d at the guests\n' \
    "$count" "$kills" "$restarted" "$lost" "$twice" "$(jq .samples "$RUN/watch.json")" "$(jq .guestLooks "$RUN/watch.json")" >&2
  [ -z "$json" ] || printf '%s\n' "${lines[@]}" | jq -s --argjson ok "$ok" --argjson seed "$seed" --argjson kills "$kills" --argjson restarted "$restarted" --argjson lost "$lost" \
    --argjson watch "$(cat "$RUN/watch.json")" '{ok: $ok, seed: $seed, count: length, kills: $kills, restarted: $restarted, lost: $lost, doubleRun: (($watch.twice | length) > 0), lockSamples: $watch.samples, guestLooks: $watch.guestLooks,
      restartedMsMax: ([.[].restartedMs // empty] | max), runs: .}'
  [ "$ok" = true ]
}

shuffle() { local line; while read -r line; do echo "$RANDOM $line"; done | sort -n | cut -d' ' -f2-; }

process_gone() { [ -z "$(start_time_of "$1")" ]; }

# A moment later it is still so: nothing flaps.
stays_so() { sleep 1; all_run_once "$@"; }

drill_act() { # ACT HOST VM
  local act=$1 n=$2 id=$3 there before
  SETTLED_MS=
  there=$(for each in "${ids[@]}"; do runs_on "$each" "$n" && echo "$each"; done | wc -l)
  case $act in
    power_cut)
      kills=$((kills + $(host_pids "$n" | wc -l)))
      misfortune power_cut "$n" "${ids[@]}"
      restarted=$((restarted + there))
      undo_power_cut "$n"
      ;;
    two_die)
      kills=$((kills + $({ host_pids "$n"; host_pids "$(next_host "$n")"; } | wc -l)))
      there=$((there + $(for each in "${ids[@]}"; do runs_on "$each" "$(next_host "$n")" && echo "$each"; done | wc -l)))
      misfortune two_die "$n" "${ids[@]}"
      restarted=$((restarted + there))
      # All of them, by the only one that is left.
      wait_until "$DRILL_SECONDS_MAX" all_run_once "${ids[@]}" || ok=false
      undo_two_die "$n"
      ;;
    source_dies)
      kills=$((kills + $(host_pids "$n" | wc -l)))
      VM_THAT_MOVES=$id
      misfortune source_dies "$n" "${ids[@]}"
      restarted=$((restarted + there))
      # Manageable again before the dead host is back, and the task says what is true.
      wait_until "$DRILL_SECONDS_MAX" records_are_right "${ids[@]}" || ok=false
      [ "$(api GET "/api/v1/tasks/$MIGRATION" | jq -r .task.fault.code)" = VM_RUNS_ELSEWHERE ] || ok=false
      undo_power_cut "$n"
      ;;
    power_cut_without_server)
      kills=$((kills + 1 + $(host_pids "$n" | wc -l)))
      server_dies
      misfortune power_cut "$n" "${ids[@]}"
      restarted=$((restarted + there))
      server_back
      undo_power_cut "$n"
      log_in
      ;;
    freeze | freeze_control)
      before=$(qemus_of_vm "$id" | cut -d' ' -f1)
      "act_$act" "$n"
      sleep "$FREEZE_SECONDS"
      "undo_$act" "$n"
      wait_until "$DRILL_SECONDS_MAX" process_gone "$before" || ok=false # what slept past its lease is stopped
      restarted=$((restarted + there))
      ;;
    agent_dies)
      kills=$((kills + 1))
      act_agent_dies "$n"
      sleep "$FREEZE_SECONDS" # longer than a death takes to be known: its guests go on all the same
      runs_on "$id" "$n" || ok=false
      undo_agent_dies "$n"
      ;;
    guard_dies)
      kills=$((kills + 1))
      act_guard_dies "$n"
      sleep 2
      runs_on "$id" "$n" || ok=false
      ;;
    network_cut)
      act_network_cut "$n"
      sleep "$FREEZE_SECONDS"
      runs_on "$id" "$n" || ok=false
      undo_network_cut "$n"
      ;;
    vm_dies)
      kills=$((kills + 1)) restarted=$((restarted + 1))
      kill -KILL "$(qemus_of_vm "$id" | cut -d' ' -f1)"
      sleep 2
      ;;
  esac
}
