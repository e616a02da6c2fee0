package dev.sternpost.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sternpost.agent.engine.RunState;
import dev.sternpost.agent.engine.simulated.SimulatedGuest;
import dev.sternpost.proto.agent.v1.CommandResult;
import dev.sternpost.proto.agent.v1.ConnectRequest.MessageCase;
import dev.sternpost.proto.agent.v1.PowerOffVm;
import dev.sternpost.testkit.Await;
import org.junit.jupiter.api.Test;

/** What fails is started again. */
class FailoverTest extends FailoverCase {
    @Test
    void a_virtual_machine_of_a_host_without_power_runs_elsewhere() throws InterruptedException {
        Member first = members.getFirst();
        powerOn(first);
        first.cutPower("vm-1");
        members.remove(first);
        Await.until("another host to run it", BOUND, () -> members.stream().anyMatch(member -> member.runs("vm-1")));
        assertThat(members.stream().filter(member -> member.runs("vm-1"))).hasSize(1);
        Member second = members.stream()
                .filter(member -> member.runs("vm-1"))
                .findFirst()
                .orElseThrow();
        assertThat(second.machine().vms().getFirst().generation()).isEqualTo(2);
        assertThat(hardware.guest(second.run, "vm-1")).isPresent();
        second.server.await(MessageCase.VM_EVENT);
        first.close();
    }

    @Test
    void one_that_dies_alone_is_started_again_and_one_that_is_switched_off_stays_off() {
        Member first = members.getFirst();
        powerOn(first);
        hardware.guest(first.run, "vm-1").orElseThrow().kill();
        Await.until(
                "some host to run it again",
                BOUND,
                () -> members.stream()
                        .anyMatch(member -> member.machine().vms().stream()
                                .anyMatch(
                                        vm -> vm.generation() >= 2 && vm.phase().runs())));
        Member now = members.stream()
                .filter(member -> member.runs("vm-1"))
                .findFirst()
                .orElseThrow();
        long generation = now.machine().vms().getFirst().generation();
        CommandResult off = now.run(command("off", generation + 1)
                .setPowerOffVm(PowerOffVm.getDefaultInstance())
                .build());
        assertThat(off.hasFault()).as(off.toString()).isFalse();
        Await.until(
                "nobody to list it",
                BOUND,
                () -> members.stream()
                        .allMatch(member -> member.machine().vms().isEmpty()
                                && member.machine().restarts().isEmpty()));
        assertThat(directory.resolve("shared/app-1/app-1.lck")).doesNotExist();
    }

    @Test
    void a_guest_that_panics_is_reset() {
        Member first = members.getFirst();
        powerOn(first);
        SimulatedGuest guest = hardware.guest(first.run, "vm-1").orElseThrow();
        guest.panic();
        Await.until(
                "it to run again",
                BOUND,
                () -> first.agent()
                                .operations()
                                .kept()
                                .handle("vm-1")
                                .orElseThrow()
                                .state()
                        == RunState.RUNNING);
        Await.until(
                "the server to be told",
                BOUND,
                () -> first.server.heard.stream()
                        .anyMatch(request -> request.getVmEvent().getKind().equals("haGuestReset")));
    }
}
