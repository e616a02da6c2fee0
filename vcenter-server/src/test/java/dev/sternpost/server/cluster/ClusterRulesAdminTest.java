package dev.sternpost.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.drs.rule.Rule;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterRules.HostAffinity;
import dev.sternpost.inventory.ClusterRules.VmAffinity;
import dev.sternpost.inventory.ClusterRules.VmHostRule;
import dev.sternpost.inventory.ClusterRules.VmRule;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.event.EventQuery;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.cluster.ClusterRulesAdmin.VmRuleWish;
import dev.sternpost.server.simulation.SimulatedDatacenter;
import dev.sternpost.server.virtualmachine.ConfigWish;
import dev.sternpost.server.virtualmachine.CreateRequest;
import dev.sternpost.server.work.Caller;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterRulesAdminTest {
    private static final Caller ADA = Caller.named("ada");

    private final SimulatedDatacenter datacenter = new SimulatedDatacenter();
    private final SimulatedDatacenter.Server server = datacenter.server();
    private final ClusterRulesAdmin rules = new ClusterRulesAdmin(datacenter.inventory());

    @BeforeEach
    void four_vms() {
        for (String name : List.of("a", "b", "c", "d")) {
            server.succeed(server.vms.create(
                    ADA, new CreateRequest("vm-" + name + "x", "", "", "", "", ConfigWish.NOTHING, true)));
        }
    }

    private Cluster cluster() {
        return datacenter.snapshot().resolve("prod", Cluster.class);
    }

    private Cluster keep(VmAffinity affinity, String name, String... vms) {
        return rules.create(ADA, "prod", new VmRuleWish(name, true, affinity, List.of(vms)));
    }

    private static void refused(FaultCode code, String words, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(FaultException.class, fault -> {
            assertThat(fault.code()).isEqualTo(code);
            assertThat(fault.fault().message()).contains(words);
        });
    }

    @Test
    void a_rule_is_made_changed_and_removed_each_with_its_event() {
        keep(VmAffinity.KEEP_APART, "apart", "vm-ax", "vm-bx");
        assertThat(cluster().rules().vmRules()).extracting(VmRule::name).containsExactly("apart");
        rules.update("ada", "prod", "apart", false, List.of("vm-ax", "vm-bx", "vm-cx"));
        assertThat(cluster().rules().vmRules().getFirst().enabled()).isFalse();
        assertThat(cluster().rules().vmRules().getFirst().vmIds()).hasSize(3);
        rules.delete("ada", "prod", "apart");
        assertThat(cluster().rules().vmRules()).isEmpty();
        assertThat(datacenter.inventory().events(EventQuery.newest(3)))
                .extracting(event -> event.type())
                .containsExactlyInAnyOrder(
                        EventType.CLUSTER_RULE_CREATED, EventType.CLUSTER_RULE_CHANGED, EventType.CLUSTER_RULE_REMOVED);
    }

    @Test
    void a_rule_that_contradicts_another_is_refused_with_both_names() {
        keep(VmAffinity.KEEP_TOGETHER, "pair", "vm-ax", "vm-bx");
        refused(FaultCode.RULE_CONFLICT, "pair", () -> keep(VmAffinity.KEEP_APART, "split", "vm-ax", "vm-bx", "vm-cx"));
        assertThat(cluster().rules().vmRules()).hasSize(1);
    }

    @Test
    void four_vms_cannot_be_apart_on_three_hosts_and_a_rule_that_is_off_may_wait_for_a_fourth() {
        refused(
                FaultCode.RULE_CONFLICT,
                "vm-ax",
                () -> keep(VmAffinity.KEEP_APART, "apart", "vm-ax", "vm-bx", "vm-cx", "vm-dx"));
        rules.create(
                ADA,
                "prod",
                new VmRuleWish("apart", false, VmAffinity.KEEP_APART, List.of("vm-ax", "vm-bx", "vm-cx", "vm-dx")));
        refused(FaultCode.RULE_CONFLICT, "apart", () -> rules.update("ada", "prod", "apart", true, List.of()));
    }

    @Test
    void a_rule_about_hosts_names_groups_which_stay_while_it_does() {
        refused(
                FaultCode.OBJECT_NOT_FOUND,
                "licensed",
                () -> rules.create(
                        ADA, "prod", new VmHostRule("oracle", true, HostAffinity.MUST_RUN_ON, "licensed", "big")));
        rules.putGroup("ada", "prod", "licensed", List.of("vm-ax"), List.of());
        rules.putGroup("ada", "prod", "big", List.of(), List.of("h1", "h2"));
        rules.create(ADA, "prod", new VmHostRule("oracle", true, HostAffinity.MUST_RUN_ON, "licensed", "big"));
        refused(FaultCode.OBJECT_NOT_EMPTY, "oracle", () -> rules.deleteGroup("ada", "prod", "big"));
        refused(FaultCode.NAME_TAKEN, "big", () -> rules.putGroup("ada", "prod", "big", List.of("vm-ax"), List.of()));
        assertThat(PlannedRules.of(datacenter.snapshot(), cluster()))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule).isInstanceOf(Rule.VmHost.class);
                    assertThat(rule.vmIds()).hasSize(1);
                });
        rules.delete("ada", "prod", "oracle");
        rules.deleteGroup("ada", "prod", "big");
        assertThat(cluster().rules().hostGroups()).isEmpty();
    }

    @Test
    void a_rule_whose_hosts_have_all_left_still_keeps_its_vms_from_the_others() {
        rules.putGroup("ada", "prod", "licensed", List.of("vm-ax"), List.of());
        rules.putGroup("ada", "prod", "big", List.of(), List.of("h3"));
        rules.create(ADA, "prod", new VmHostRule("oracle", true, HostAffinity.MUST_RUN_ON, "licensed", "big"));
        Host gone = datacenter.snapshot().resolve("h3", Host.class);
        datacenter.snapshot().vmsOn(gone.id()).forEach(vm -> {
            server.succeed(server.vms.powerOff(ADA, vm.name()));
            server.succeed(server.vms.delete(ADA, vm.name()));
        });
        datacenter
                .inventory()
                .commit((InventorySnapshot snapshot) ->
                        InventoryWrite.builder().remove(gone).build());
        assertThat(PlannedRules.of(datacenter.snapshot(), cluster()))
                .singleElement()
                .satisfies(rule -> {
                    Rule.VmHost hostRule = (Rule.VmHost) rule;
                    assertThat(datacenter.snapshot().hostsOf(cluster().id()))
                            .isNotEmpty()
                            .noneMatch(host -> hostRule.allows(host.id()));
                });
    }

    @Test
    void a_broken_rule_is_told_with_the_names_of_who_breaks_it() {
        keep(VmAffinity.KEEP_TOGETHER, "all", "vm-ax", "vm-bx", "vm-cx", "vm-dx");
        assertThat(PlannedRules.violations(datacenter.snapshot(), cluster()).get("all"))
                .contains("vm-ax")
                .contains("h1")
                .doesNotContain("host-9");
    }

    @Test
    void members_that_are_gone_do_not_count() {
        keep(VmAffinity.KEEP_APART, "apart", "vm-ax", "vm-bx");
        VirtualMachine gone = datacenter.snapshot().resolve("vm-ax", VirtualMachine.class);
        server.succeed(server.vms.powerOff(ADA, "vm-ax"));
        server.succeed(server.vms.delete(ADA, "vm-ax"));
        assertThat(datacenter.snapshot().find(gone.id())).isEmpty();
        assertThat(PlannedRules.of(datacenter.snapshot(), cluster())).isEmpty();
    }

    @Test
    void a_repeated_request_makes_one_rule_and_a_taken_name_is_refused() {
        Caller caller = new Caller("ada", "r1");
        VmRuleWish wish = new VmRuleWish("apart", true, VmAffinity.KEEP_APART, List.of("vm-ax", "vm-bx"));
        rules.create(caller, "prod", wish);
        rules.create(caller, "prod", wish);
        assertThat(cluster().rules().vmRules()).hasSize(1);
        refused(FaultCode.NAME_TAKEN, "apart", () -> rules.create(ADA, "prod", wish));
        refused(
                FaultCode.REQUEST_INVALID,
                "two of them",
                () -> keep(VmAffinity.KEEP_APART, "lonely", "vm-ax", "vm-ax"));
    }
}
