run_help() {
  cat <<'TEXT'
Sternpost: an open datacenter control plane for KVM.

A datacenter on this machine
  ./sternpost up        start it: database, server, three hosts, one cluster; installs and builds what is missing
  ./sternpost demo      up, then two VMs, a live migration under load, and what the guests saw
  ./sternpost status    what runs, where, since when
  ./sternpost logs      follow the logs (logs server | host-1 | ... for one)
  ./sternpost down      stop everything, keep the data; down --wipe removes the data too

For developers
  ./sternpost build     build what is out of date, and rehearse starts so that they are quick (STERNPOST_AOT=no: do not)
  ./sternpost test      every check and test, as CI runs them
  ./sternpost bench     measurements beside a comparator

The command line (./sternpost NOUN --help tells more)
  ./sternpost vm ls                       list virtual machines
  ./sternpost vm create web-1 --template linux-guest --on
  ./sternpost vm migrate web-1            live-migrate to a host that placement chooses
  ./sternpost host ls | cluster ls | datastore ls | network ls | folder ls
  ./sternpost task ls | event ls | session show
  ./sternpost completion bash             shell completion
TEXT
}
