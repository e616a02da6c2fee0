run_logs() {
  local files=() name
  for name in "${@:-server}"; do
    [ "$name" = all ] && files+=("$LOG"/*.log) && continue
    [ -f "$LOG/$name.log" ] || fail "there is no log $LOG/$name.log; there are: $(cd "$LOG" && ls ./*.log 2>/dev/null | tr '\n' ' ')"
    files+=("$LOG/$name.log")
  done
  exec tail -n 100 -F "${files[@]}"
}
