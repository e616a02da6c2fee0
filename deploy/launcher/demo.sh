. "$ROOT/deploy/launcher/build.sh"
. "$ROOT/deploy/launcher/up.sh"

run_demo() {
  case " $* " in *' -h '* | *' --help '*) run_cli demo --help ;; esac
  run_up --quiet-end
  show_access
  exec 9>&-
  trap - INT TERM
  run_cli demo "$@"
}
