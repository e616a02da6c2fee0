run_status() {
  local name n up=0 total=0
  for name in server $(for ((n = 1; n <= HOSTS; n++)); do echo "host-$n"; done); do
    total=$((total + 1))
    if is_running "$name"; then
      up=$((up + 1))
      printf '  %-8s running  pid %-8s RSS %s MiB\n' "$name" "$(pid_of "$name")" "$(awk '/VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$(pid_of "$name")/status")"
    else
      printf '  %-8s stopped\n' "$name"
    fi
  done
  printf '  %-8s %s running\n' VMs "$(vm_pids | wc -l)"
  if [ $up = 0 ]; then
    echo "  Nothing runs. Start it with ./sternpost up"
    return 3
  fi
  show_addresses
  [ $up = $total ] || { echo "  Some parts are stopped: ./sternpost up starts them"; return 1; }
}

show_addresses() {
  cat <<TEXT
  API      $API  (gRPC and JSON, TLS; CA in $CA_FILE)
  Agents   127.0.0.1:$LINK_PORT (mutual TLS), relays 127.0.1.1-$HOSTS:$RELAY_PORT (mutual TLS)
  Data     $DATA   logs $LOG
TEXT
}
