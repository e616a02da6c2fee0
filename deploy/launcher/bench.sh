# Measurements beside a comparator, on an installation that is up. Absolute times are this machine's; the ratio is what counts.
#   ./sternpost bench              all of them
#   ./sternpost bench cli          start of the command line beside the JVM's floor: java -version, which loads nothing of ours
#   ./sternpost bench up           a start of database, server and hosts on kept data beside the same floor
#   ./sternpost bench memory       resident memory of server and agents beside a bare JVM
#   ./sternpost bench B1 [--full]  power operations on a simulated fleet that runs (./sternpost fleet start)
#   ./sternpost bench B7|B8|B9|B10 load balancing, placement and failover, which need no installation (bench/README.md)
#   ./sternpost bench B11 [--full] live migration by real QEMU beside QEMU's own, which needs none either
#   --json                         one JSON document for each
# Ends with 6 when a bar of docs/promises.md is missed.

. "$ROOT/deploy/launcher/build.sh"
. "$ROOT/deploy/launcher/up.sh"

BENCH_RUNS=9
BENCH_FULL=

run_bench() {
  local json= ids=() java_ids=() word missed=
  for word in "$@"; do
    case $word in
      --json) json=yes ;;
      --full) BENCH_FULL=--full ;;
      cli | up | memory) ids+=("$word") ;;
      B[0-9]*) java_ids+=("$word") ;;
      *) say "usage: ./sternpost bench [cli|up|memory|B1|B7|B8|B9|B10|B11] [--full] [--json]"; exit 2 ;;
    esac
  done
  if [ ${#java_ids[@]} -gt 0 ]; then
    bench_java "$json" "${java_ids[@]}"
    exit $?
  fi
  [ ${#ids[@]} -gt 0 ] || ids=(cli memory up)
  run_up --quiet-end
  exec 9>&-
  for word in "${ids[@]}"; do
    "bench_$word" > "$RUN/bench.json"
    jq -e 'all(.results[]; .barMet)' "$RUN/bench.json" > /dev/null || missed="$missed $word"
    if [ -n "$json" ]; then cat "$RUN/bench.json"; else bench_table < "$RUN/bench.json"; fi
  done
  [ -z "$missed" ] || { say "missed:$missed"; exit 6; }
}

# bench_java JSON ID...: benchmarks that are programs of their own; 6 when a bar was missed
bench_java() {
  local json=${1:+--json} id lean rc=0
  shift
  find_jdk
  install_packages "$ROOT/deploy/packages.txt" "$ROOT/deploy/packages-bench.txt"
  (cd "$ROOT" && mvn -B -q -Dquick -pl bench -am -Dstyle.color=never package > "$LOG/build.log" 2>&1 9>&-) || fail "the build failed" "$LOG/build.log"
  exec 9>&-
  for id in "$@"; do
    # Callers are not what B1 measures, and share the CPUs with it: the quick compiler takes least of them in a minute.
    [ "$id" = B1 ] && lean="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" || lean=
    # shellcheck disable=SC2086 # several words or none
    "$JAVA_HOME/bin/java" -Xmx2g $lean -cp "$ROOT/bench/target/classes:$ROOT/bench/target/lib/*" \
      "-Dsternpost.bench.server=127.0.0.1:$API_PORT" "-Dsternpost.bench.ca=$CA_FILE" "-Dsternpost.bench.password-file=$STERNPOST_HOME/server/initial-admin-password" \
      "-Dsternpost.bench.database=jdbc:postgresql://127.0.0.1:$DB_PORT/sternpost" "-Dsternpost.bench.database-password-file=$DATA/pg/password" \
      dev.sternpost.bench.Bench "$id" $json $BENCH_FULL || rc=$?
  done
  return $rc
}

# millis_of COMMAND...: wall time of one run
millis_of() {
  local since
  since=$(now_ms)
  "$@" > /dev/null 2>&1 < /dev/null
  echo $(($(now_ms) - since))
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# bench_json ID METRIC UNIT OURS COMPARATOR BAR
bench_json() {
  jq -n --arg id "$1" --arg metric "$2" --arg unit "$3" --argjson ours "$4" --argjson comparator "$5" --argjson bar "$6" \
    --arg cpu "$(nproc) CPUs" --arg load "$(cut -d' ' -f1 /proc/loadavg)" --arg accelerator "$(api GET /api/v1/hosts | jq -r '.hosts[0].accelerator')" \
    '{id: $id, conditions: {cpus: $cpu, accelerator: $accelerator}, results: [{metric: $metric, unit: $unit, ours: $ours, comparator: $comparator,
      ratio: (if $comparator > 0 then ($ours / $comparator * 100 | round / 100) else null end), bar: $bar, barMet: ($ours <= $bar)}], loadAverage: ($load | tonumber)}'
}

bench_table() {
  jq -r '.id as $id | .results[] | "  \($id)\t\(.metric): \(.ours) \(.unit), floor \(.comparator) \(.unit), ratio \(.ratio), bar \(.bar): \(if .barMet then "met" else "MISSED" end)"'
}

bench_cli() {
  local i ours=() bare=()
  for ((i = 0; i < BENCH_RUNS; i++)); do
    ours+=("$(millis_of "$ROOT/sternpost" host ls)")
    bare+=("$(millis_of "$JAVA_HOME/bin/java" -version)")
  done
  bench_json cli "sternpost host ls, median of $BENCH_RUNS, beside the JVM floor (java -version)" ms \
    "$(printf '%s\n' "${ours[@]}" | median)" "$(printf '%s\n' "${bare[@]}" | median)" 500
}

bench_memory() {
  local name bare total=0 rss
  "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx48m "$ROOT/deploy/launcher/Idle.java" 9>&- &
  bare=$!
  sleep 3
  rss=$(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$bare/status")
  kill "$bare"
  wait "$bare" 2>/dev/null
  for name in server host-1; do
    total=$(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$(pid_of "$name")/status")
    bench_json memory "resident memory of $name beside the JVM floor (one that sleeps)" MiB "$total" "$rss" "$([ "$name" = server ] && echo 600 || echo 120)"
  done | jq -s '{id: .[0].id, conditions: .[0].conditions, results: map(.results[0]), loadAverage: .[0].loadAverage}'
}

bench_up() {
  local up_ms bare_ms
  "$ROOT/sternpost" down --yes > /dev/null 2>&1
  bare_ms=$(millis_of "$JAVA_HOME/bin/java" -version)
  "$ROOT/sternpost" up > /dev/null 2>&1
  up_ms=$(cat "$RUN/up-millis")
  log_in
  bench_json up "server, database and $HOSTS hosts ready on kept data, beside the JVM floor (java -version)" ms "$up_ms" "$bare_ms" 20000
}
