package dev.sternpost.cli;

import dev.sternpost.proto.type.v1.FaultKind;
import dev.sternpost.sdk.fake.FakeFaults;
import java.util.List;
import org.junit.jupiter.api.Test;

class TranscriptTest extends CommandTest {
    @Test
    void the_life_of_a_virtual_machine() {
        transcript(
                "vm-life",
                List.of(
                        "vm ls",
                        "vm ls --all",
                        "vm create web-1 --template linux-guest --memory 256M --on",
                        "vm ls",
                        "vm show web-1",
                        "vm suspend web-1",
                        "vm resume web-1",
                        "vm reset web-1",
                        "vm shutdown web-1 --grace 5s",
                        "vm reconfigure web-1 --cpu 2 --memory 1G",
                        "vm on web-1 --no-wait",
                        "vm off web-1",
                        "vm rename web-1 web-2",
                        "vm delete /DC0/vm/web-2",
                        "vm show web-2",
                        "vm register shared1 old-1 --name old-1",
                        "vm unregister old-1"));
    }

    @Test
    void a_live_migration() {
        transcript(
                "vm-migrate",
                List.of(
                        "vm create web-1 -t linux-guest --on",
                        "vm migrate web-1 --check",
                        "vm migrate web-1",
                        "vm migrate web-1 --to host-2",
                        "vm migrate web-1 --to host-3 --pause 100ms --bandwidth 100M",
                        "task show task-23",
                        "vm off web-1",
                        "vm migrate web-1 --check",
                        "vm migrate web-1 --to host-1"));
    }

    @Test
    void inside_a_guest() {
        transcript(
                "vm-guest",
                List.of(
                        "vm exec linux-guest echo hi",
                        "vm create web-1 -t linux-guest --on",
                        "vm exec web-1 echo -n hi --output json",
                        "vm exec web-1 sh -c x",
                        "vm exec -o json web-1 echo hi",
                        "vm console web-1",
                        "vm console web-1 -n 20",
                        "vm screenshot web-1 HOME/screen.png",
                        "vm screenshot web-1 HOME/nowhere/screen.png"));
    }

    @Test
    void high_availability_in_an_outage() {
        transcript(
                "ha",
                List.of(
                        "ha status",
                        "ha status cluster-1 --all",
                        "ha set",
                        "ha set --keep-free 25,25 --timing patient --isolation shut-down",
                        "ha set --spare host-3 --isolation-addresses 10.77.0.1 --monitoring on",
                        "ha set --keep-free 25",
                        "ha vm db-1 --priority highest --ready guest --ready-after 10s",
                        "ha vm web-1 --after db-1 --isolation power-off --monitoring off",
                        "ha vm web-1 --isolation perhaps",
                        "ha test host-1",
                        "ha disarm",
                        "ha disarm --reason 'switch upgrade'",
                        "ha rearm"));
    }

    @Test
    void hosts_clusters_datastores_networks() {
        transcript(
                "hosts",
                List.of(
                        "host ls",
                        "host show host-1",
                        "host add host-4 --in cluster-1",
                        "host add host-4 --in cluster-1",
                        "host add host-5",
                        "host token host-4",
                        "host remove host-1",
                        "host remove host-4",
                        "cluster ls",
                        "cluster show cluster-1",
                        "cluster create cluster-2",
                        "cluster delete cluster-2",
                        "datacenter ls",
                        "datastore ls",
                        "datastore show shared1",
                        "datastore browse shared1",
                        "network ls",
                        "network show vm-network"));
    }

    @Test
    void datacenters() {
        transcript(
                "datacenters",
                List.of("datacenter ls", "datacenter rename DC0 berlin", "datacenter ls", "datacenter delete berlin"));
    }

    @Test
    void statistics() {
        transcript(
                "statistics",
                List.of(
                        "vm stats",
                        "vm stats linux-guest",
                        "vm stats linux-guest --counter cpu.ready.summation --last 1h -o json",
                        "host stats",
                        "host stats --counter cpu.usage.average -o json",
                        "vm stats --counters",
                        "vm stats host-1",
                        "vm stats linux-guest --last soon",
                        "vm stats --help"));
    }

    @Test
    void folders() {
        transcript(
                "folders",
                List.of(
                        "folder tree",
                        "folder create /DC0/vm/web",
                        "folder create /DC0/vm/web",
                        "folder create web",
                        "folder move linux-guest /DC0/vm/web",
                        "folder ls /DC0/vm/web",
                        "folder delete /DC0/vm/web",
                        "folder move /DC0/vm/web/linux-guest /DC0/vm",
                        "folder rename /DC0/vm/web front",
                        "folder ls",
                        "folder tree /DC0/vm",
                        "folder delete /DC0/vm/front"));
    }

    @Test
    void tasks_and_events() {
        server.datacenter()
                .tasks()
                .failNext(FakeFaults.fault(
                        "DATASTORE_FULL",
                        250,
                        FaultKind.FAULT_KIND_CAPACITY,
                        "shared1 has 1 MiB free and the disks need 256 MiB; free some or choose another datastore",
                        "datastore-15"));
        transcript(
                "tasks",
                List.of(
                        "vm create web-1 -t linux-guest",
                        "vm create web-1 -t linux-guest",
                        "task ls",
                        "task ls --on web-1 -n 1 -o yaml",
                        "task show task-21",
                        "task resume task-21",
                        "task wait task-21",
                        "task wait task-23",
                        "task cancel task-23",
                        "task show task-999",
                        "event ls",
                        "event ls --on web-1 -o json"));
    }

    @Test
    void the_same_as_json_and_yaml() {
        transcript(
                "formats",
                List.of(
                        "network ls -o json",
                        "network show vm-network -o json",
                        "network ls -o yaml",
                        "cluster show cluster-1 -o yaml",
                        "vm create web-1 -t linux-guest --no-wait -o json",
                        "network ls -o xml"));
    }

    @Test
    void sessions() {
        transcript(
                "sessions",
                List.of(
                        "session logout",
                        "session show",
                        "session logout",
                        "login --password-file HOME/nothing",
                        "login --user nobody --password-file HOME/password",
                        "login --password-file HOME/password"));
    }

    @Test
    void help() {
        transcript(
                "help",
                List.of(
                        "",
                        "--help",
                        "--version",
                        "vm",
                        "task --help",
                        "vm create --help",
                        "vm exec -h",
                        "host add --help",
                        "completion --help",
                        "demo --help"));
    }

    @Test
    void mistakes() {
        transcript(
                "mistakes",
                List.of(
                        "vmm ls",
                        "vm creat",
                        "vm ls --al",
                        "vm ls too much",
                        "vm show",
                        "vm create x --memory 1Q",
                        "vm create x --disk 1G:fat",
                        "vm create x --cpu -1",
                        "vm create x --firmware coreboot",
                        "vm ls -o",
                        "vm ls --on=yes",
                        "completion fish",
                        "vm on linux-guest linux-guest --timeout soon"));
    }
}
