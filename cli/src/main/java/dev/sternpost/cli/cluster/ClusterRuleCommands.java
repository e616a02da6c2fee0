package dev.sternpost.cli.cluster;

import dev.sternpost.cli.connection.ServerVerb;
import dev.sternpost.cli.shell.ExitCode;
import dev.sternpost.cli.shell.Syntax;
import dev.sternpost.cli.shell.Table;
import dev.sternpost.cli.shell.UsageFailure;
import dev.sternpost.cli.shell.Words;
import dev.sternpost.proto.cluster.v1.ClusterGroup;
import dev.sternpost.proto.cluster.v1.ClusterRule;
import dev.sternpost.proto.cluster.v1.ClusterRuleKind;
import dev.sternpost.proto.cluster.v1.CreateClusterRuleRequest;
import dev.sternpost.proto.cluster.v1.DeleteClusterGroupRequest;
import dev.sternpost.proto.cluster.v1.DeleteClusterRuleRequest;
import dev.sternpost.proto.cluster.v1.ListClusterRulesRequest;
import dev.sternpost.proto.cluster.v1.ListClusterRulesResponse;
import dev.sternpost.proto.cluster.v1.PutClusterGroupRequest;
import dev.sternpost.proto.cluster.v1.UpdateClusterRuleRequest;
import dev.sternpost.sdk.SternpostSession;
import java.util.Map;
import java.util.TreeMap;

/** Rules of clusters and the groups they name. */
final class ClusterRuleCommands {
    private static final Map<String, ClusterRuleKind> KINDS = new TreeMap<>(Map.of(
            "together", ClusterRuleKind.CLUSTER_RULE_KIND_KEEP_TOGETHER,
            "apart", ClusterRuleKind.CLUSTER_RULE_KIND_KEEP_APART,
            "must-run-on", ClusterRuleKind.CLUSTER_RULE_KIND_MUST_RUN_ON,
            "must-not-run-on", ClusterRuleKind.CLUSTER_RULE_KIND_MUST_NOT_RUN_ON,
            "should-run-on", ClusterRuleKind.CLUSTER_RULE_KIND_SHOULD_RUN_ON,
            "should-not-run-on", ClusterRuleKind.CLUSTER_RULE_KIND_SHOULD_NOT_RUN_ON));

    private ClusterRuleCommands() {}

    static final class Ls extends ServerVerb {
        String cluster = "";

        boolean groups;

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("List the rules of a cluster, and how each is broken now; or its groups.")
                    .example("sternpost cluster rules cluster-1")
                    .example("sternpost cluster rules cluster-1 --groups")
                    .argument("CLUSTER", "Name, path or id.", text -> cluster = text)
                    .flag("--groups", "List the groups of VMs and hosts that rules name.", () -> groups = true);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            ListClusterRulesRequest request =
                    ListClusterRulesRequest.newBuilder().setCluster(cluster).build();
            ListClusterRulesResponse answer =
                    session.call(() -> session.clusterRules().listClusterRules(request));
            if (groups) {
                print(
                        new Table<ClusterGroup>()
                                .column("NAME", ClusterGroup::getName)
                                .column("OF", group -> group.getHostIdsCount() == 0 ? "VMs" : "hosts")
                                .column(
                                        "MEMBERS",
                                        group -> String.join(
                                                ", ",
                                                group.getHostIdsCount() == 0
                                                        ? group.getVmIdsList()
                                                        : group.getHostIdsList())),
                        answer.getGroupsList());
            } else {
                print(
                        new Table<ClusterRule>()
                                .column("NAME", ClusterRule::getName)
                                .column("KIND", rule -> Words.of(rule.getKind()))
                                .column("ENABLED", rule -> rule.getEnabled() ? "yes" : "no")
                                .column("ABOUT", ClusterRuleCommands::about)
                                .column("BROKEN", rule -> rule.getViolation().isEmpty() ? "no" : rule.getViolation()),
                        answer.getRulesList());
            }
            return ExitCode.DONE;
        }
    }

    private static String about(ClusterRule rule) {
        return rule.getVmGroup().isEmpty()
                ? String.join(", ", rule.getVmIdsList())
                : "%s, %s".formatted(rule.getVmGroup(), rule.getHostGroup());
    }

    static final class Add extends ServerVerb {
        private final CreateClusterRuleRequest.Builder wish = CreateClusterRuleRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe(
                            "Make a rule. Rules together and apart name VMs; the others name a group of VMs and a group of"
                                    + " hosts. A rule that could not be kept because of others is refused.")
                    .example("sternpost cluster rule-add cluster-1 web-apart apart --vm web-1 --vm web-2")
                    .example(
                            "sternpost cluster rule-add cluster-1 licence must-run-on --vm-group oracle --host-group big")
                    .argument("CLUSTER", "Name, path or id.", wish::setCluster)
                    .argument("NAME", "Name of the new rule.", wish::setName)
                    .argument("KIND", String.join(", ", KINDS.keySet()) + ".", text -> wish.setKind(kind(text)))
                    .option("--vm", "VM", "A VM it is about. May be given several times.", wish::addVms)
                    .option("--vm-group", "GROUP", "The group of VMs it is about.", wish::setVmGroup)
                    .option("--host-group", "GROUP", "The group of hosts it is about.", wish::setHostGroup)
                    .flag("--disabled", "Do not let it count yet.", () -> wish.setDisabled(true));
        }

        private static ClusterRuleKind kind(String text) {
            ClusterRuleKind kind = KINDS.get(text);
            if (kind == null) {
                throw new UsageFailure("\"%s\" is none of %s".formatted(text, String.join(", ", KINDS.keySet())));
            }
            return kind;
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            ClusterRule made = session.call(() -> session.clusterRules().createClusterRule(wish.build()))
                    .getRule();
            print(told(made, "made"), made);
            return ExitCode.DONE;
        }
    }

    private static String told(ClusterRule rule, String what) {
        return "%s is %s%s"
                .formatted(
                        rule.getName(),
                        what,
                        rule.getViolation().isEmpty() ? "" : "; broken now: " + rule.getViolation());
    }

    static final class Update extends ServerVerb {
        private final UpdateClusterRuleRequest.Builder wish = UpdateClusterRuleRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Turn a rule on or off, or give a rule among VMs other VMs.")
                    .example("sternpost cluster rule-set cluster-1 web-apart --off")
                    .example("sternpost cluster rule-set cluster-1 web-apart --vm web-1 --vm web-2 --vm web-3")
                    .argument("CLUSTER", "Name, path or id.", wish::setCluster)
                    .argument("NAME", "Name of the rule.", wish::setRule)
                    .flag("--on", "Let it count.", () -> wish.setEnabled(true))
                    .flag("--off", "Do not let it count.", () -> wish.setEnabled(false))
                    .option("--vm", "VM", "A VM it is about from now on. May be given several times.", wish::addVms);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            ClusterRule changed = session.call(() -> session.clusterRules().updateClusterRule(wish.build()))
                    .getRule();
            print(told(changed, changed.getEnabled() ? "on" : "off"), changed);
            return ExitCode.DONE;
        }
    }

    static final class Remove extends ServerVerb {
        private final DeleteClusterRuleRequest.Builder wish = DeleteClusterRuleRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Remove a rule.")
                    .example("sternpost cluster rule-remove cluster-1 web-apart")
                    .argument("CLUSTER", "Name, path or id.", wish::setCluster)
                    .argument("NAME", "Name of the rule.", wish::setRule);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            print(
                    wish.getRule() + " is removed",
                    session.call(() -> session.clusterRules().deleteClusterRule(wish.build())));
            return ExitCode.DONE;
        }
    }

    static final class PutGroup extends ServerVerb {
        private final PutClusterGroupRequest.Builder wish = PutClusterGroupRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Make a group of VMs or of hosts for rules, or give it other members.")
                    .example("sternpost cluster group-set cluster-1 oracle --vm db-1 --vm db-2")
                    .example("sternpost cluster group-set cluster-1 big --host host-1 --host host-2")
                    .argument("CLUSTER", "Name, path or id.", wish::setCluster)
                    .argument("NAME", "Name of the group.", wish::setName)
                    .option("--vm", "VM", "A VM. May be given several times.", wish::addVms)
                    .option("--host", "HOST", "A host. May be given several times.", wish::addHosts);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            ClusterGroup group = session.call(() -> session.clusterRules().putClusterGroup(wish.build()))
                    .getGroup();
            int members = group.getVmIdsCount() + group.getHostIdsCount();
            print(
                    "%s has %d %s"
                            .formatted(
                                    group.getName(),
                                    members,
                                    group.getHostIdsCount() == 0 ? "virtual machines" : "hosts"),
                    group);
            return ExitCode.DONE;
        }
    }

    static final class RemoveGroup extends ServerVerb {
        private final DeleteClusterGroupRequest.Builder wish = DeleteClusterGroupRequest.newBuilder();

        @Override
        protected void declare(Syntax syntax) {
            syntax.describe("Remove a group that no rule names.")
                    .example("sternpost cluster group-remove cluster-1 oracle")
                    .argument("CLUSTER", "Name, path or id.", wish::setCluster)
                    .argument("NAME", "Name of the group.", wish::setGroup);
        }

        @Override
        protected ExitCode run(SternpostSession session) {
            print(
                    wish.getGroup() + " is removed",
                    session.call(() -> session.clusterRules().deleteClusterGroup(wish.build())));
            return ExitCode.DONE;
        }
    }
}
