# Every check and test, as CI runs them: contract lint, build with all checks, module tests (real PostgreSQL and QEMU
# among them), the guest's own test, and the product from the outside: demo, doors, examples. --end-to-end adds the life of
# a VM, bad input, and kill -9 of server, agents and QEMU in turn, with real guests.

. "$ROOT/deploy/launcher/build.sh"

run_test() {
  local failed=() begun extent=--quick
  case ${1:-} in
    '') ;;
    --end-to-end) extent=--long ;;
    *) say "usage: ./sternpost test [--end-to-end]"; exit 2 ;;
  esac
  begun=$(now_ms)
  touch "$RUN/test-begun"
  find_jdk
  install_packages "$ROOT/deploy/packages.txt" "$ROOT/deploy/packages-test.txt" "$ROOT/deploy/guest/packages.txt"
  build_guest
  test_step "contract lint" "$ROOT/proto/check.sh" || failed+=("contract lint")
  test_step "build and module tests" build_and_test || failed+=("build and module tests")
  test_step "guest image" "$ROOT/deploy/guest/test.sh" "$CACHE/guest" || failed+=("guest image")
  test_step "end to end" "$ROOT/deploy/test/end-to-end.sh" "$extent" || failed+=("end to end")
  summary "$begun"
  if [ ${#failed[@]} -gt 0 ]; then
    say "failed: ${failed[*]}"
    exit 1
  fi
}

test_step() {
  local name=$1 since rc
  shift
  since=$(now_ms)
  say ""
  say "== $name"
  "$@"
  rc=$?
  say "== $name: $([ $rc = 0 ] && echo passed || echo FAILED) in $((($(now_ms) - since) / 1000)) s"
  return $rc
}

build_and_test() {
  (cd "$ROOT" && mvn -B -Dstyle.color=never -Dsternpost.guest.image="$CACHE/guest/linux-guest.qcow2" verify 9>&-) > "$LOG/test.log" 2>&1
  local rc=$?
  grep -E 'Tests run:.*Time elapsed|Reactor Summary|SUCCESS|FAILURE|^\[ERROR\]' "$LOG/test.log" | tail -n 120
  return $rc
}

# Counts what the test reports say, in the plain form that every tool reads.
summary() {
  local totals passed failures skipped
  totals=$(find "$ROOT" -path '*/target/surefire-reports/TEST-*.xml' -newer "$RUN/test-begun" -exec grep -ho '<testsuite [^>]*' {} + \
    | awk '{ for (i = 1; i <= NF; i++) if (split($i, kv, "\"") > 1) { if (kv[1] == "tests=") t += kv[2]; if (kv[1] == "failures=" || kv[1] == "errors=") f += kv[2]; if (kv[1] == "skipped=") s += kv[2] } } END { print t + 0, f + 0, s + 0 }')
  read -r passed failures skipped <<< "$totals"
  passed=$((passed - failures - skipped))
  echo
  echo "$passed passed, $failures failed, $skipped skipped"
  say "in $((($(now_ms) - $1) / 1000)) s"
}
