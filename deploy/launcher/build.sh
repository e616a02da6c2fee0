# Finds a JDK 25, installs missing Debian packages when it may, and builds the modules that are out of date.

. "$ROOT/deploy/launcher/programs.sh"

PRODUCT_MODULES=(inventory task proto drs ha failover vmotion sso db host-agent vcenter-server sdk cli fleet)

jdk_major() { [ -x "$1/bin/javac" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null; }

find_jdk() {
  local on_path candidate major seen=
  on_path=$(command -v javac 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
    [ -n "$candidate" ] || continue
    major=$(jdk_major "$candidate")
    [ -n "$major" ] && seen="$seen $major"
    if [ "${major:-0}" -ge 25 ]; then
      export JAVA_HOME=$candidate
      echo "$candidate" > "$CACHE/java-home"
      return 0
    fi
  done
  fail "Sternpost needs a JDK 25 or newer (found:${seen:- none}). Install Eclipse Temurin 25 (package temurin-25-jdk) or set JAVA_HOME to one."
}

# missing_packages FILE...: the Debian packages named in the files that are not installed. A second word on a line is a
# command that will do instead, wherever it came from.
missing_packages() {
  local package instead installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2> /dev/null | sed -n 's/^installed \(.*\)/ \1 /p')
  sed 's/#.*//' "$@" | awk 'NF { print $1, $2 }' | sort -u | while read -r package instead; do
    [ -n "$instead" ] && command -v "$instead" > /dev/null && continue
    case $installed in *" $package "*) ;; *) printf '%s ' "$package" ;; esac
  done
}

# install_packages FILE...: root or sudo installs; anybody else is told the one command
install_packages() {
  local missing since how
  command -v dpkg-query > /dev/null || { note_step Packages "not a Debian system: install what deploy/packages*.txt names yourself"; return 0; }
  missing=$(missing_packages "$@")
  if [ -z "$missing" ]; then
    done_step Packages "all present"
    return 0
  fi
  how="apt-get install -y --no-install-recommends $missing"
  if is_root; then how=$how; elif sudo -n true 2>/dev/null; then how="sudo $how"; else
    fail "Debian packages are missing. Run this once, then try again:  sudo $how"
  fi
  since=$(now_ms)
  say "    installing Debian packages: $missing"
  { ${how%%apt-get*} apt-get update && DEBIAN_FRONTEND=noninteractive $how; } > "$LOG/apt.log" 2>&1 8>&- 9>&- \
    || fail "the packages could not be installed" "$LOG/apt.log"
  done_step Packages "installed" "$since"
}

# stale_modules MODULE...: those with a file newer than their last good build
stale_modules() {
  local module
  for module in "$@"; do
    if [ ! -f "$CACHE/built-$module" ] || [ ! -d "$ROOT/$module/target/classes" ] \
      || [ -n "$(find "$ROOT/pom.xml" "$ROOT/$module/pom.xml" "$ROOT/$module/src/main" -newer "$CACHE/built-$module" -print -quit 2>/dev/null)" ]; then
      echo "$module"
    fi
  done
}

build_modules() {
  local stale module since begun list
  since=$(now_ms)
  mapfile -t stale < <(stale_modules "${PRODUCT_MODULES[@]}")
  if [ ${#stale[@]} = 0 ]; then
    [ -s "$CACHE/program/current/host-agent.args" ] || stage_programs
    done_step Build "up to date"
    return 0
  fi
  begun=$CACHE/build-begun
  touch "$begun"
  list=$(IFS=,; echo "${PRODUCT_MODULES[*]}")
  say "    building: ${stale[*]} (and what depends on them)"
  # All product modules are named so that each finds the others; what is up to date is not compiled again.
  (cd "$ROOT" && mvn -B -Dquick -pl "$list" -am -Dstyle.color=never package > "$LOG/build.log" 2>&1 8>&- 9>&-) &
  watch_build $!
  wait $! || fail "the build failed" "$LOG/build.log"
  for module in "${stale[@]}"; do touch -r "$begun" "$CACHE/built-$module"; done
  stage_programs
  done_step Build "${#stale[@]} modules" "$since"
}

watch_build() { # PID: shows the module being built while it runs
  [ -t 2 ] || return 0
  while kill -0 "$1" 2>/dev/null; do
    working Build "$(grep -o 'Building sternpost-[a-z-]*.*' "$LOG/build.log" 2>/dev/null | tail -n 1 | cut -c1-60)            "
    sleep 0.5
  done
}

build_guest() {
  local since out=$CACHE/guest
  since=$(now_ms)
  working Guest "building the small Linux guest"
  "$ROOT/deploy/guest/build.sh" "$out" > "$LOG/guest-build.log" 2>&1 8>&- 9>&- || fail "the guest image could not be built" "$LOG/guest-build.log"
  done_step Guest "linux-guest.qcow2, $(($(stat -c %s "$out/linux-guest.qcow2") / 1048576)) MiB" "$since"
}

run_build() { # [--spare]
  build_all "$@"
}

# One at a time in a checkout, whichever verb or installation asks for it.
build_all() {
  exec 8> "$CACHE/build.lock"
  if ! flock -n 8; then
    say "another ./sternpost builds in this checkout; waiting for it (Ctrl-C to leave)"
    flock 8
  fi
  build_all_alone "$@"
  exec 8>&-
}

build_all_alone() {
  find_jdk
  done_step Java "$(sed -n 's/^IMPLEMENTOR="\(.*\)"/\1/p' "$JAVA_HOME/release") $(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$JAVA_HOME/release") ($JAVA_HOME)"
  install_packages "$ROOT/deploy/packages.txt" "$ROOT/deploy/guest/packages.txt"
  build_modules
  build_guest
  train_programs "$@"
}
