# ./sternpost demo ha [--json]: four misfortunes in the open, and what high availability makes of them.

. "$ROOT/deploy/launcher/ha-lab.sh"

HA_DEMO_SECONDS_MAX=60
declare -A ACT_MS=()
HA_LOST=0

run_ha_demo() { # [--json]
  local json= begun ids=() id n told detected settled twice ok=true out=1
  case ${1:-} in
    --json) json=yes out=2 ;;
    '') ;;
    *) say "usage: ./sternpost demo ha [--json]"; exit 2 ;;
  esac
  need_nft
  is_root || fail "the demonstration cuts and freezes processes of the lab's hosts, and needs root"
  begun=$(now_ms)
  story() { printf '%s\n' "$*" >&$out; }
  story ""
  story "High availability: four misfortunes"
  story ""
  for n in 1 2 3; do ids+=("$(ensure_vm "ha-$n")"); done
  enable_ha
  wait_until 60 ha_is_settled || fail "high availability does not settle" "$LOG/host-1.log"
  story "  Three virtual machines run: $(for id in "${ids[@]}"; do printf '%s on host-%s  ' "$(vm_name "$id")" "$(host_number_of "$id")"; done)"
  story "  Each host holds a lease on the datastore, and says so every second. Now:"
  watch_begin "${ids[@]}"
  trap 'mend_all; touch "$RUN/watch-end"' EXIT

  # 1
  n=$(host_number_of "${ids[0]}")
  story ""
  story "1. The power of host-$n is cut: its agent, its guard and its QEMUs are killed in one moment."
  misfortune power_cut "$n" "${ids[@]}"
  detected=${DETECTED_MS:-0} settled=$SETTLED_MS
  story "   Known to be dead after $(seconds "$detected"); all of its virtual machines run elsewhere after $(seconds "$settled")."
  undo_power_cut "$n"
  settle_again

  # 2
  n=$(host_number_of "${ids[0]}")
  story ""
  story "2. The network of host-$n is cut. Its lease still moves, so it lives: what runs there is left alone."
  before=$(qemus_of_vm "${ids[0]}")
  told=$(wc -c < "$LOG/host-$n.log")
  act_network_cut "$n"
  if wait_until 40 host_says_isolated "$n" "$told" && [ "$(qemus_of_vm "${ids[0]}")" = "$before" ]; then
    story "   host-$n knows that it is isolated, and $(vm_name "${ids[0]}") still runs there, in the same process."
  else
    story "   That went wrong: $(vm_name "${ids[0]}") is at $(qemus_of_vm "${ids[0]}")"
    ok=false
  fi
  undo_network_cut "$n"
  settle_again

  # 3
  n=$(host_number_of "${ids[1]}")
  story ""
  story "3. host-$n freezes, everything on it, for longer than its lease. Its QEMUs still hold the locks of their images, so nothing starts elsewhere before"
  story "   it wakes, or the server has had its power cut, which it does with a host that is dead to be sure."
  misfortune freeze "$n" "${ids[@]}"
  story "   All of its virtual machines run elsewhere after $(seconds "$SETTLED_MS")$(fence_told "$n")."
  undo_freeze "$n"
  wait_until "$HA_DEMO_SECONDS_MAX" all_run_once "${ids[@]}" || ok=false
  settle_again

  # 4
  story ""
  n=$(host_number_of "${ids[2]}")
  story "4. The server is killed, and then the power of host-$n is cut: nobody is there but the hosts."
  server_dies
  misfortune power_cut "$n" "${ids[@]}"
  story "   All of its virtual machines run elsewhere after $(seconds "$SETTLED_MS"), without the server."
  ACT_MS[serverGone]=$SETTLED_MS
  server_back
  undo_power_cut "$n"
  log_in
  settle_again
  all_run_once "${ids[@]}" || ok=false

  watch_end
  trap - EXIT
  mend_all
  twice=$(jq '.twice | length' "$RUN/watch.json")
  [ "$twice" = 0 ] || ok=false
  [ "$HA_LOST" = 0 ] || ok=false
  wait_until "$HA_DEMO_SECONDS_MAX" records_are_right "${ids[@]}" || ok=false
  story ""
  story "The kernel's locks on the disk images were looked at $(jq .samples "$RUN/watch.json") times, the processors' time of the guests $(jq .guestLooks "$RUN/watch.json") times: none ran twice$([ "$twice" = 0 ] || echo ", EXCEPT: $(jq -c .twice "$RUN/watch.json")")."
  story "Look at it yourself: ./sternpost ha status"
  [ -z "$json" ] || jq -n --argjson ok "$ok" --argjson detected "$detected" --argjson restarted "$settled" --argjson without "${ACT_MS[serverGone]}" \
    --argjson lost "$HA_LOST" --argjson twice "$twice" --argjson samples "$(jq .samples "$RUN/watch.json")" --argjson total "$(($(now_ms) - begun))" \
    '{ok: $ok, detectedMs: $detected, restartedMs: $restarted, restartedWithoutServerMs: $without, lost: $lost, doubleRun: ($twice > 0), lockSamples: $samples, totalMs: $total}'
  [ "$ok" = true ]
}

seconds() { awk -v ms="$1" 'BEGIN { printf "%.1f s", ms / 1000 }'; }
vm_name() { for ((i = 0; i < ${#ids[@]}; i++)); do [ "${ids[i]}" = "$1" ] && echo "ha-$((i + 1))"; done; }
all_run_once() { local id; for id in "$@"; do runs_once "$id" || return 1; done; }
host_says_isolated() { grep -q "hears no other host and no isolation address" <(tail -c "+$(($2 + 1))" "$LOG/host-$1.log"); } # HOST SINCE-BYTE
settle_again() { wait_until 90 ha_settles || fail "the cluster does not settle" "$LOG/server.log"; }

# misfortune ACT HOST VM...: does it, and waits until what ran there runs elsewhere; DETECTED_MS and SETTLED_MS count from the act. Detection is
# read from the agents' logs, whose clock is this machine's.
misfortune() {
  local act=$1 n=$2 id since there=() left
  shift 2
  for id in "$@"; do runs_on "$id" "$n" && there+=("$id"); done
  [ ${#there[@]} -gt 0 ] || fail "nothing runs on host-$n, so its misfortune would show nothing"
  since=$(now_ms)
  "act_$act" "$n"
  DETECTED_MS=
  for ((left = HA_DEMO_SECONDS_MAX * 20; left > 0; left--)); do
    [ -n "$DETECTED_MS" ] || DETECTED_MS=$(death_told "$since" "$n")
    all_elsewhere "$n" "${there[@]}" && break
    sleep 0.05
  done
  SETTLED_MS=$(($(now_ms) - since))
  [ "$left" -gt 0 ] || HA_LOST=$((HA_LOST + 1))
}
all_elsewhere() { local n=$1 id; shift; for id in "$@"; do runs_elsewhere "$id" "$n" || return 1; done; }
fence_told() { [ -n "$(guard_pid "$1")" ] || echo ", once its power was cut"; }
death_told() { # SINCE_MS HOST: milliseconds until some host said that it is dead; nothing when none has
  local id line
  id=$(cat "$(host_dir "$2")"/identity/host-id 2> /dev/null || sed -n 's/.*enrolled as \([^ ]*\).*/\1/p' "$LOG/host-$2.log" | tail -n 1)
  line=$(grep -ah " $id is dead" "$LOG"/host-*.log | sort | tail -n 1)
  [ -n "$line" ] || return 0
  line=$(date -d "$(cut -c1-23 <<< "$line")" +%s%3N)
  [ "$line" -ge "$1" ] && echo $((line - $1))
}
