# What runs. The programs are copies of what was built: a later build, or the tests, may write target/ anew under running
# processes. Each build has a directory of its own, with a file of arguments for the JVM of each program and an AOT cache:
# what a start loads and links, recorded in a rehearsal, so that the next starts need half the time. A cache fits the very
# jars and the very Java it was recorded with. Where there is none, or it does not fit, a program starts all the same,
# only slower; STERNPOST_AOT=no leaves the recording out.

REHEARSAL_SECONDS_MAX=300 # a rehearsal that nobody ends any more ends itself

program_dir() { readlink -f "$CACHE/program/current"; }

# One directory for each build; those that no process runs from any more go.
stage_programs() {
  local module jar old next=$CACHE/program/$(date +%s%N)
  for module in cli vcenter-server host-agent fleet; do
    mkdir -p "$next/$module" || fail "no room for the programs in $CACHE"
    cp "$ROOT/$module"/target/sternpost-*-SNAPSHOT.jar "$ROOT/$module"/target/lib/sternpost-*.jar "$next/$module/" || fail "the built programs could not be copied"
    for jar in "$ROOT/$module"/target/lib/*.jar; do
      [ -e "$next/$module/${jar##*/}" ] || cp -l "$jar" "$next/$module/" 2>/dev/null || cp "$jar" "$next/$module/" || fail "the built programs could not be copied"
    done
  done
  for module in cli vcenter-server host-agent fleet; do jvm_arguments "$module" "$next" > "$next/$module.args"; done
  ln -sfn "${next##*/}" "$CACHE/program/current"
  for old in "$CACHE"/program/[0-9]*; do
    [ "$old" = "$next" ] || grep -alqsF "$old/" /proc/[0-9]*/cmdline || rm -rf "$old"
  done
}

# jvm_arguments MODULE DIRECTORY: for java's @file. The C1 compiler alone and the serial collector start quickest and take
# the least memory. Jars are listed one by one, which an AOT cache asks for.
jvm_arguments() {
  local jars=("$2/$1"/*.jar)
  # A fleet of thousands of hosts runs long and hot; the others start often and idle.
  [ "$1" = fleet ] && printf '%s\n' -XX:+UseParallelGC || printf '%s\n' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
  printf '%s\n' -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  case $1 in
    cli) printf '%s\n' -Xmx128m ;;
    vcenter-server) printf '%s\n' -Xmx512m ;;
    host-agent) printf '%s\n' -Xms12m -Xmx48m -Xss512k ;;
    fleet) printf '%s\n' -Xmx1500m ;;
  esac
  printf -- '-cp "%s"\n' "$(IFS=: && echo "${jars[*]}")"
}

# train_programs [--spare]: once for each build and each Java; a failure is not tried again, since it would fail again and
# nothing depends on it. Server and agents take longer to rehearse than a developer who builds often gains by it: with
# --spare they do so only the first time in this checkout.
train_programs() {
  local since cli= program
  program=$(program_dir)
  [ "${STERNPOST_AOT:-}" = no ] && return 0
  since=$(now_ms)
  if ! is_trained cli; then
    working "Start-up" "recording AOT caches for quick starts"
    jvm_arguments cli "$program" > "$program/cli.args" # without the cache of another Java
    rehearse_cli "$program" > "$LOG/rehearsal-cli.log" 2>&1 8>&- 9>&- < /dev/null &
    cli=$!
  fi
  if ! is_trained installation; then
    if [ "${1:-}" = --spare ] && [ -f "$CACHE/rehearsed" ]; then
      note_step "Start-up" "server and agents take longer to start until ./sternpost build records new AOT caches"
    else
      working "Start-up" "recording AOT caches for quick starts"
      jvm_arguments vcenter-server "$program" > "$program/vcenter-server.args"
      jvm_arguments host-agent "$program" > "$program/host-agent.args"
      rehearse_installation "$program" > "$LOG/rehearsal.log" 2>&1 8>&- 9>&- < /dev/null
      this_java > "$program/trained-installation"
      touch "$CACHE/rehearsed"
      [ -f "$program/vcenter-server.aot" ] && [ -f "$program/host-agent.aot" ] || note_step "Start-up" "no AOT caches: starts take longer; see $LOG/rehearsal.log"
      done_step "Start-up" "server and agents have rehearsed it" "$since"
    fi
  fi
  if [ -n "$cli" ]; then
    wait "$cli" || note_step "Start-up" "no AOT cache: commands take longer; see $LOG/rehearsal-cli.log"
    this_java > "$program/trained-cli"
    done_step "Start-up" "command line has rehearsed it" "$since"
  fi
}

this_java() { echo "$(sed -n 's/^JAVA_RUNTIME_VERSION=//p' "$JAVA_HOME/release") $JAVA_HOME"; }
is_trained() { [ "$(cat "$program/trained-$1" 2>/dev/null)" = "$(this_java)" ]; }

# keep_cache DIRECTORY PROGRAM RECORDED: from now on the program is started with it
keep_cache() {
  [ -s "$3" ] && mv -f "$3" "$1/$2.aot" && printf '%s\n' "\"-XX:AOTCache=$1/$2.aot\"" "-Xlog:aot*=off" "-Xlog:cds*=off" >> "$1/$2.args"
}

rehearse_cli() { # DIRECTORY
  "$JAVA_HOME/bin/java" "-XX:AOTCacheOutput=$1/cli.recorded" "@$1/cli.args" dev.sternpost.cli.rehearsal.Rehearsal && keep_cache "$1" cli "$1/cli.recorded"
}

# The server and one agent, in an installation of their own that lives for some seconds.
rehearse_installation() ( # DIRECTORY
  program=$1
  STERNPOST_HOME=$(mktemp -d "${TMPDIR:-/tmp}/sternpost-rehearsal.XXXXXX") && chmod 0711 "$STERNPOST_HOME" || exit 1
  STERNPOST_PORT_BASE=$(free_port_base) || exit 1
  # shellcheck disable=SC1091
  . "$ROOT/deploy/launcher/common.sh" && . "$ROOT/deploy/launcher/down.sh"
  HOSTS=1 RECORD_TO=$STERNPOST_HOME LIFE_SECONDS_MAX=$REHEARSAL_SECONDS_MAX
  unset STERNPOST_DB_URL
  trap 'exit 130' INT TERM
  trap end_rehearsal EXIT
  mkdir -p "$SOCKETS" "$DATASTORE" "$DATASTORE2" "$STERNPOST_HOME/cli"
  start_server
  log_in
  add_inventory
  start_hosts
  [ ! -f "$CACHE/guest/guest.json" ] || add_template
  # A JVM writes what it recorded when it ends.
  stop_process host-1 "$REHEARSAL_SECONDS_MAX" &
  stop_process server "$REHEARSAL_SECONDS_MAX"
  wait $!
  keep_cache "$program" vcenter-server "$RECORD_TO/vcenter-server.aot"
  keep_cache "$program" host-agent "$RECORD_TO/host-agent.aot"
)

end_rehearsal() {
  local name
  for name in host-1 server; do
    is_running "$name" && pkill -KILL -s "$(pid_of "$name")"
  done
  stop_database
  remove_cgroups
  rm -rf "${SOCKETS:?}" "${DATA:?}" "$STERNPOST_HOME"
  rmdir /run/sternpost 2>/dev/null
}

free_port_base() {
  local i base port
  for ((i = 0; i < 50; i++)); do
    base=$((20000 + RANDOM % 400 * 20))
    for port in 3 4 5 10; do
      (exec 3<> "/dev/tcp/127.0.0.1/$((base + port))") 2>/dev/null && continue 2
    done
    echo "$base"
    return 0
  done
  return 1
}
