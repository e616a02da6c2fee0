# The simulator (sim/README.md). Needs no installation.
#   ./sternpost sim run --seeds N [--first-seed S] [--trace-hash]   one drawn story after the other; the summary comes last
#   ./sternpost sim show --seed S                                   one of them, line by line
#   ./sternpost sim figures --seeds N [--first-seed S] [--tell-every K]   false alarms, and how soon a death is known
# Ends with 1 when a promise was broken.

. "$ROOT/deploy/launcher/build.sh"

run_sim() {
  find_jdk
  (cd "$ROOT" && mvn -B -q -Dquick -pl sim -am -Dstyle.color=never package > "$LOG/build.log" 2>&1 9>&-) || fail "the build failed" "$LOG/build.log"
  exec "$JAVA_HOME/bin/java" -Xmx512m -XX:+UseSerialGC -cp "$ROOT/sim/target/classes:$ROOT/sim/target/lib/*" dev.sternpost.sim.SimMain "$@"
}
