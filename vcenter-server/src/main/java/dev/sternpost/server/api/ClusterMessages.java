package dev.sternpost.server.api;

import dev.sternpost.inventory.AutomationLevel;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.ClusterRules;
import dev.sternpost.inventory.DrsSettings;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.proto.cluster.v1.ClusterGroup;
import dev.sternpost.proto.cluster.v1.ClusterRule;
import dev.sternpost.proto.cluster.v1.ClusterRuleKind;
import dev.sternpost.server.cluster.PlannedRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Load balancing and rules of clusters as messages. */
final class ClusterMessages {
    private ClusterMessages() {}

    static dev.sternpost.proto.cluster.v1.DrsSettings drs(InventorySnapshot snapshot, DrsSettings drs) {
        var message = dev.sternpost.proto.cluster.v1.DrsSettings.newBuilder()
                .setEnabled(drs.enabled())
                .setAutomation(Enums.of(drs.automation()))
                .setThreshold(drs.threshold())
                .setIntervalSeconds(drs.intervalSeconds());
        for (DrsSettings.VmOverride override : drs.overrides()) {
            Optional<VirtualMachine> vm = snapshot.find(override.vmId());
            vm.ifPresent(known -> message.addOverridesBuilder()
                    .setVmId(known.id().value())
                    .setVmName(known.name())
                    .setAutomation(Enums.of(override.automation())));
        }
        return message.build();
    }

    static List<ClusterRule> rules(InventorySnapshot snapshot, Cluster cluster) {
        Map<String, String> violations = PlannedRules.violations(snapshot, cluster);
        List<ClusterRule> messages = new ArrayList<>();
        for (ClusterRules.VmRule rule : cluster.rules().vmRules()) {
            var message = ClusterRule.newBuilder()
                    .setName(rule.name())
                    .setEnabled(rule.enabled())
                    .setKind(kind(rule.affinity()))
                    .setViolation(violations.getOrDefault(rule.name(), ""));
            rule.vmIds().stream()
                    .filter(id -> snapshot.find(id).isPresent())
                    .forEach(id -> message.addVmIds(id.value()));
            messages.add(message.build());
        }
        for (ClusterRules.VmHostRule rule : cluster.rules().vmHostRules()) {
            messages.add(ClusterRule.newBuilder()
                    .setName(rule.name())
                    .setEnabled(rule.enabled())
                    .setKind(kind(rule.affinity()))
                    .setVmGroup(rule.vmGroup())
                    .setHostGroup(rule.hostGroup())
                    .setViolation(violations.getOrDefault(rule.name(), ""))
                    .build());
        }
        messages.sort((one, other) -> one.getName().compareTo(other.getName()));
        return messages;
    }

    static ClusterRule rule(InventorySnapshot snapshot, Cluster cluster, String name) {
        return rules(snapshot, cluster).stream()
                .filter(rule -> rule.getName().equals(name))
                .findFirst()
                .orElseGet(ClusterRule::getDefaultInstance);
    }

    static List<ClusterGroup> groups(InventorySnapshot snapshot, Cluster cluster) {
        List<ClusterGroup> messages = new ArrayList<>();
        for (ClusterRules.VmGroup group : cluster.rules().vmGroups()) {
            var message = ClusterGroup.newBuilder().setName(group.name());
            group.vmIds().stream()
                    .filter(id -> snapshot.find(id).isPresent())
                    .forEach(id -> message.addVmIds(id.value()));
            messages.add(message.build());
        }
        for (ClusterRules.HostGroup group : cluster.rules().hostGroups()) {
            var message = ClusterGroup.newBuilder().setName(group.name());
            group.hostIds().stream()
                    .filter(id -> snapshot.find(id).isPresent())
                    .forEach(id -> message.addHostIds(id.value()));
            messages.add(message.build());
        }
        return messages;
    }

    static ClusterGroup group(InventorySnapshot snapshot, Cluster cluster, String name) {
        return groups(snapshot, cluster).stream()
                .filter(group -> group.getName().equals(name))
                .findFirst()
                .orElseGet(ClusterGroup::getDefaultInstance);
    }

    private static ClusterRuleKind kind(ClusterRules.VmAffinity affinity) {
        return switch (affinity) {
            case KEEP_TOGETHER -> ClusterRuleKind.CLUSTER_RULE_KIND_KEEP_TOGETHER;
            case KEEP_APART -> ClusterRuleKind.CLUSTER_RULE_KIND_KEEP_APART;
        };
    }

    private static ClusterRuleKind kind(ClusterRules.HostAffinity affinity) {
        return switch (affinity) {
            case MUST_RUN_ON -> ClusterRuleKind.CLUSTER_RULE_KIND_MUST_RUN_ON;
            case MUST_NOT_RUN_ON -> ClusterRuleKind.CLUSTER_RULE_KIND_MUST_NOT_RUN_ON;
            case SHOULD_RUN_ON -> ClusterRuleKind.CLUSTER_RULE_KIND_SHOULD_RUN_ON;
            case SHOULD_NOT_RUN_ON -> ClusterRuleKind.CLUSTER_RULE_KIND_SHOULD_NOT_RUN_ON;
        };
    }

    /** Null when it is not set. */
    static @Nullable AutomationLevel automation(dev.sternpost.proto.cluster.v1.AutomationLevel level) {
        return switch (level) {
            case AUTOMATION_LEVEL_UNSPECIFIED -> null;
            case AUTOMATION_LEVEL_DISABLED -> AutomationLevel.DISABLED;
            case AUTOMATION_LEVEL_MANUAL -> AutomationLevel.MANUAL;
            case AUTOMATION_LEVEL_PARTIALLY_AUTOMATED -> AutomationLevel.PARTIALLY_AUTOMATED;
            case AUTOMATION_LEVEL_FULLY_AUTOMATED -> AutomationLevel.FULLY_AUTOMATED;
            case UNRECOGNIZED ->
                throw new FaultException(
                        FaultCode.REQUEST_INVALID, "automation has a value this server does not know. Correct it.");
        };
    }
}
