run_help() {
  cat <<'TEXT'
Sternpost: an open datacenter control plane for KVM.

A datacenter on this machine
  ./sternpost up        start it: database, server, three hosts, one cluster; installs and builds what is missing
  ./sternpost demo      up, then two VMs, a live migration under load, and what the guests saw
  ./sternpost demo drs  busy guests on one host, moved apart by load balancing
  ./sternpost demo ha   hosts lose power and network, freeze, lose the server; what ran there runs elsewhere
  ./sternpost status    what runs, where, since when
  ./sternpost fleet start --hosts 250 --vms-per-host 18    a simulated fleet, to try it at size (fleet status | fault | stop)
  ./sternpost logs      follow the logs (logs server | host-1 | ... for one)
  ./sternpost down      shut the guests down (30 s at most), stop everything, keep the data
                        --now cuts the power instead, --wipe removes the data too, --yes does not ask on a terminal

For developers
  ./sternpost build     build what is out of date, and rehearse starts so that they are quick (STERNPOST_AOT=no: do not)
  ./sternpost test      every check and test, as CI runs them
  ./sternpost bench     measurements beside a comparator
  ./sternpost drill ha --count 10          misfortunes drawn from a seed, on real guests
  ./sternpost drill migration --count 6   the same in the middle of live migrations
  ./sternpost sim run --seeds 200         high availability simulated: what fails is drawn from the seed

The command line (./sternpost NOUN --help tells more)
  ./sternpost vm ls                       list virtual machines
  ./sternpost vm create web-1 --template linux-guest --on
  ./sternpost vm migrate web-1            live-migrate to a host that placement chooses
  ./sternpost host ls                     likewise cluster, pool, drs, datacenter, folder, datastore, network, task, event
  ./sternpost host stats host-1           what a host uses (vm stats: a VM), now and in the last minutes
  ./sternpost login | session show        log in to this or another server; who you are
  ./sternpost completion bash             shell completion; also for zsh
  ./sternpost host enter-maintenance host-1 --dry-run
TEXT
}
