package dev.sternpost.server.api;

import dev.sternpost.sso.access.Privilege;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What each RPC needs, by its full name. An RPC that is not here is denied, and a test fails.
 *
 * <p>{@code docs/ports-and-routes.md} shows the same table to people.
 */
final class RpcTable {
    private static final RpcAccess OPEN = new RpcAccess.Open();
    private static final RpcAccess LOGGED_IN = new RpcAccess.LoggedIn();
    private static final Map<String, RpcAccess> TABLE = table();

    private RpcTable() {}

    static Optional<RpcAccess> find(String rpc) {
        return Optional.ofNullable(TABLE.get(rpc));
    }

    /** All of it, by name. */
    static Map<String, RpcAccess> all() {
        return TABLE;
    }

    private static Map<String, RpcAccess> table() {
        Map<String, RpcAccess> table = new TreeMap<>();
        service(table, "grpc.health.v1.Health", OPEN, "Check", "Watch", "List");
        service(table, "grpc.reflection.v1.ServerReflection", OPEN, "ServerReflectionInfo");
        service(table, "sternpost.agent.v1.EnrolmentService", OPEN, "Enrol");
        String session = "sternpost.session.v1.SessionService";
        service(table, session, OPEN, "GetServerInfo", "CreateSession");
        service(table, session, LOGGED_IN, "GetSession", "RenewSession", "DeleteSession");

        String inventory = "sternpost.inventory.v1.InventoryService";
        service(
                table,
                inventory,
                needs(Privilege.SYSTEM_VIEW),
                "GetObject",
                "FindByPath",
                "ListObjects",
                "WatchInventory",
                "ListChanges");
        service(table, inventory, needs(Privilege.DATACENTER_CREATE), "CreateDatacenter");
        service(table, inventory, needs(Privilege.DATACENTER_RENAME), "RenameDatacenter");
        service(table, inventory, needs(Privilege.DATACENTER_DELETE), "DeleteDatacenter");
        service(table, inventory, needs(Privilege.FOLDER_CREATE), "CreateFolder");
        service(table, inventory, needs(Privilege.FOLDER_RENAME), "RenameFolder");
        service(table, inventory, needs(Privilege.FOLDER_DELETE), "DeleteFolder");
        service(table, inventory, needs(Privilege.FOLDER_MOVE), "MoveIntoFolder");

        String vms = "sternpost.virtualmachine.v1.VirtualMachineService";
        service(table, vms, needs(Privilege.SYSTEM_VIEW), "GetVirtualMachine", "ListVirtualMachines");
        service(table, vms, needs(Privilege.VM_CREATE), "CreateVirtualMachine");
        service(table, vms, needs(Privilege.VM_REGISTER), "RegisterVirtualMachine");
        service(table, vms, needs(Privilege.VM_UNREGISTER), "UnregisterVirtualMachine");
        service(table, vms, needs(Privilege.VM_DELETE), "DeleteVirtualMachine");
        service(table, vms, needs(Privilege.VM_CONFIG), "ReconfigureVirtualMachine");
        service(table, vms, needs(Privilege.VM_RENAME), "RenameVirtualMachine");
        service(table, vms, needs(Privilege.VM_POWER_ON), "PowerOnVirtualMachine");
        service(table, vms, needs(Privilege.VM_POWER_OFF), "PowerOffVirtualMachine", "ShutdownGuest");
        service(table, vms, needs(Privilege.VM_RESET), "ResetVirtualMachine");
        service(table, vms, needs(Privilege.VM_SUSPEND), "SuspendVirtualMachine");
        service(table, vms, needs(Privilege.RESOURCE_HOT_MIGRATE), "MigrateVirtualMachine", "MigrateVirtualMachines");
        service(table, vms, needs(Privilege.SYSTEM_VIEW), "CheckMigration");
        service(table, vms, needs(Privilege.VM_GUEST_EXECUTE), "RunGuestProgram");
        service(table, vms, needs(Privilege.VM_CONSOLE), "ReadConsoleLog");
        service(table, vms, needs(Privilege.VM_SCREENSHOT), "CaptureScreen");

        String hosts = "sternpost.host.v1.HostService";
        service(table, hosts, needs(Privilege.SYSTEM_VIEW), "GetHost", "ListHosts");
        service(table, hosts, needs(Privilege.HOST_ADD), "AddHost");
        service(table, hosts, needs(Privilege.CERTIFICATE_MANAGE), "CreateHostToken");
        service(table, hosts, needs(Privilege.HOST_REMOVE), "RemoveHost");
        String maintenance = "sternpost.host.v1.HostMaintenanceService";
        service(table, maintenance, needs(Privilege.SYSTEM_VIEW), "PlanMaintenance");
        service(
                table,
                maintenance,
                needs(Privilege.HOST_MAINTENANCE),
                "EnterMaintenance",
                "PauseMaintenance",
                "ExitMaintenance");
        service(table, maintenance, needs(Privilege.HOST_QUARANTINE), "SetQuarantine");

        String clusters = "sternpost.cluster.v1.ClusterService";
        service(table, clusters, needs(Privilege.SYSTEM_VIEW), "GetCluster", "ListClusters", "ListCpuLevels");
        service(table, clusters, needs(Privilege.HOST_CREATE_CLUSTER), "CreateCluster");
        service(table, clusters, needs(Privilege.HOST_DELETE_CLUSTER), "DeleteCluster");
        service(
                table,
                clusters,
                needs(Privilege.HOST_EDIT_CLUSTER),
                "UpdateDrsSettings",
                "SetDrsOverride",
                "UpdateCpuBaseline");
        String rules = "sternpost.cluster.v1.ClusterRuleService";
        service(table, rules, needs(Privilege.SYSTEM_VIEW), "ListClusterRules");
        service(
                table,
                rules,
                needs(Privilege.HOST_EDIT_CLUSTER),
                "CreateClusterRule",
                "UpdateClusterRule",
                "DeleteClusterRule",
                "PutClusterGroup",
                "DeleteClusterGroup");

        String pools = "sternpost.resourcepool.v1.ResourcePoolService";
        service(table, pools, needs(Privilege.SYSTEM_VIEW), "GetResourcePool", "ListResourcePools");
        service(table, pools, needs(Privilege.RESOURCE_CREATE_POOL), "CreateResourcePool");
        service(table, pools, needs(Privilege.RESOURCE_EDIT_POOL), "UpdateResourcePool");
        service(table, pools, needs(Privilege.RESOURCE_DELETE_POOL), "DeleteResourcePool");
        service(table, pools, needs(Privilege.RESOURCE_ASSIGN_VM_TO_POOL), "MoveIntoResourcePool");

        String drs = "sternpost.drs.v1.DrsService";
        service(
                table,
                drs,
                needs(Privilege.SYSTEM_VIEW),
                "ListRecommendations",
                "ListDrsPasses",
                "GetDrsPass",
                "ExplainVirtualMachine",
                "ReplayDrsPass",
                "AskWhatIf",
                "GetDrsScore");
        service(
                table,
                drs,
                needs(Privilege.RESOURCE_APPLY_RECOMMENDATION),
                "ApplyRecommendations",
                "DismissRecommendations",
                "RunDrsPass");

        String power = "sternpost.power.v1.PowerService";
        service(
                table,
                power,
                needs(Privilege.SYSTEM_VIEW),
                "GetClusterPower",
                "ListHostPower",
                "PlanStandby",
                "ListPowerRecommendations");
        service(table, power, needs(Privilege.HOST_EDIT_CLUSTER), "UpdateClusterPower");
        service(
                table,
                power,
                needs(Privilege.HOST_POWER),
                "UpdateHostPower",
                "EnterStandby",
                "ExitStandby",
                "TestWake");
        service(
                table,
                power,
                needs(Privilege.RESOURCE_APPLY_RECOMMENDATION),
                "ApplyPowerRecommendations",
                "RunPowerPass");

        String ha = "sternpost.ha.v1.HaService";
        service(table, ha, needs(Privilege.SYSTEM_VIEW), "GetHa", "TestFailover");
        service(
                table,
                ha,
                needs(Privilege.HOST_HIGH_AVAILABILITY),
                "EnableHa",
                "DisableHa",
                "UpdateHa",
                "DisarmHa",
                "RearmHa",
                "SetVmHa");

        String datastores = "sternpost.datastore.v1.DatastoreService";
        service(table, datastores, needs(Privilege.SYSTEM_VIEW), "GetDatastore", "ListDatastores");
        service(table, datastores, needs(Privilege.DATASTORE_BROWSE), "BrowseDatastore");
        service(
                table,
                "sternpost.network.v1.NetworkService",
                needs(Privilege.SYSTEM_VIEW),
                "GetNetwork",
                "ListNetworks");

        service(
                table,
                "sternpost.statistics.v1.StatisticsService",
                needs(Privilege.SYSTEM_VIEW),
                "ListCounters",
                "QueryStatistics",
                "ListLatestStatistics");

        String tasks = "sternpost.task.v1.TaskService";
        service(table, tasks, needs(Privilege.SYSTEM_VIEW), "GetTask", "ListTasks", "WaitTask", "WatchTask");
        service(table, tasks, needs(Privilege.GLOBAL_CANCEL_TASK), "CancelTask", "ResumeTask");
        service(table, "sternpost.event.v1.EventService", needs(Privilege.SYSTEM_VIEW), "ListEvents", "WatchEvents");
        return Map.copyOf(table);
    }

    private static RpcAccess needs(Privilege privilege) {
        return new RpcAccess.Needs(privilege);
    }

    private static void service(Map<String, RpcAccess> table, String service, RpcAccess access, String... rpcs) {
        for (String rpc : rpcs) {
            if (table.put(service + "/" + rpc, access) != null) {
                throw new IllegalStateException(rpc + " is in the table twice");
            }
        }
    }
}
