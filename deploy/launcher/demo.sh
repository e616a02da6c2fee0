. "$ROOT/deploy/launcher/build.sh"
. "$ROOT/deploy/launcher/up.sh"

run_demo() {
  case " $* " in *' -h '* | *' --help '*) run_cli demo --help ;; esac
  run_up --quiet-end
  show_access
  if [ "${1:-}" = ha ]; then
    . "$ROOT/deploy/launcher/ha-demo.sh"
    exec 9>&-
    trap - INT TERM
    run_ha_demo "${@:2}"
    return
  fi
  exec 9>&-
  trap - INT TERM
  run_cli demo "$@"
}
