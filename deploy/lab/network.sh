# The lab's wires: one namespace for the "physical" segment (a bridge and a DHCP server) and one for each host, whose
# uplink is a veth into that segment. The bridge inside a host is the agent's own affair. Sourced by the launcher.

# QEMU opens its tap by itself, as an unprivileged user. Distributions let everybody open the device (a tap still needs its
# owner's right); where a machine does not, it is opened while a lab is up.
open_tun() {
  [ -c /dev/net/tun ] || return 1
  setpriv --reuid=$VM_UID --regid=$VM_UID --clear-groups sh -c ': <> /dev/net/tun' 2> /dev/null && return 0
  mkdir -p /run/sternpost
  [ -f /run/sternpost/tun-mode ] || stat -c %a /dev/net/tun > /run/sternpost/tun-mode
  chmod 0666 /dev/net/tun
}
close_tun() {
  [ -f /run/sternpost/tun-mode ] || return 0
  [ -z "$(find /run/sternpost -mindepth 1 -maxdepth 1 -type d ! -name "$INSTANCE" -print -quit)" ] || return 0 # another lab is up
  chmod "$(cat /run/sternpost/tun-mode)" /dev/net/tun
  rm -f /run/sternpost/tun-mode
}

lab_network_up() {
  local n ns
  open_tun || { say "    there is no /dev/net/tun; load the module tun"; return 1; }
  if ! ip netns list | grep -qw "$PHYS_NETNS"; then
    ip netns add "$PHYS_NETNS" || return 1
  fi
  in_phys() { ip netns exec "$PHYS_NETNS" "$@"; }
  in_phys ip link set lo up
  if ! in_phys ip link show phys0 > /dev/null 2>&1; then
    in_phys ip link add phys0 type bridge forward_delay 0 stp_state 0 || return 1
    in_phys ip addr add "$GUEST_NETWORK.1/24" dev phys0
    in_phys ip link set phys0 up
  fi
  for ((n = 1; n <= HOSTS; n++)); do
    ns=$(host_netns "$n")
    ip netns list | grep -qw "$ns" || ip netns add "$ns" || return 1
    ip netns exec "$ns" ip link set lo up
    if ! ip netns exec "$ns" ip link show uplink0 > /dev/null 2>&1; then
      in_phys ip link del "host$n" 2>/dev/null
      ip link add "host$n" netns "$PHYS_NETNS" type veth peer name uplink0 netns "$ns" || return 1
      in_phys ip link set "host$n" master phys0 up
      ip netns exec "$ns" ip link set uplink0 up
    fi
  done
  if ! is_running dnsmasq; then
    launch dnsmasq ip netns exec "$PHYS_NETNS" dnsmasq --keep-in-foreground --conf-file=/dev/null --bind-interfaces --interface=phys0 \
      --port=0 --no-ping --dhcp-rapid-commit --dhcp-authoritative --dhcp-range="$GUEST_NETWORK.10,$GUEST_NETWORK.250,12h" \
      --dhcp-leasefile="$RUN/dhcp.leases" --pid-file= --user=root
  fi
}

lab_network_down() {
  local ns
  stop_process dnsmasq 2
  is_root || return 0
  close_tun
  for ns in $(ip netns list | awk '{ print $1 }' | grep "^sp$INSTANCE-"); do
    ip netns pids "$ns" | xargs -r kill -KILL 2>/dev/null
    ip netns del "$ns"
  done
}
