package dev.sternpost.sdk;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which calls gRPC may send again by itself when the server was out of reach: reads, and writes that carry a request
 * id, since the server answers a repeated id with the same task. All others reach the caller after one attempt.
 */
final class RetryPolicy {
    /** Attempts of one call, the first included. */
    static final int ATTEMPTS_MAX = 4;

    private static final String PREFIX = "sternpost.";

    /** Service to methods; a test holds it against the descriptors. */
    static final Map<String, List<String>> METHODS = Map.ofEntries(
            entry("session.v1.SessionService", List.of("GetServerInfo", "GetSession")),
            entry(
                    "inventory.v1.InventoryService",
                    List.of(
                            "GetObject",
                            "FindByPath",
                            "ListObjects",
                            "ListChanges",
                            "CreateDatacenter",
                            "CreateFolder")),
            entry(
                    "virtualmachine.v1.VirtualMachineService",
                    List.of(
                            "GetVirtualMachine",
                            "ListVirtualMachines",
                            "CreateVirtualMachine",
                            "RegisterVirtualMachine",
                            "ReconfigureVirtualMachine",
                            "RenameVirtualMachine",
                            "PowerOnVirtualMachine",
                            "PowerOffVirtualMachine",
                            "ShutdownGuest",
                            "ResetVirtualMachine",
                            "SuspendVirtualMachine",
                            "DeleteVirtualMachine",
                            "UnregisterVirtualMachine",
                            "MigrateVirtualMachine",
                            "MigrateVirtualMachines",
                            "ReadConsoleLog",
                            "CaptureScreen")),
            entry("host.v1.HostService", List.of("GetHost", "ListHosts", "AddHost")),
            entry("host.v1.HostMaintenanceService", List.of("EnterMaintenance", "ExitMaintenance")),
            entry("cluster.v1.ClusterService", List.of("GetCluster", "ListClusters", "ListCpuLevels", "CreateCluster")),
            entry("cluster.v1.ClusterRuleService", List.of("ListClusterRules", "CreateClusterRule")),
            entry(
                    "resourcepool.v1.ResourcePoolService",
                    List.of("GetResourcePool", "ListResourcePools", "CreateResourcePool")),
            entry(
                    "drs.v1.DrsService",
                    List.of(
                            "ListRecommendations",
                            "ListDrsPasses",
                            "GetDrsPass",
                            "ExplainVirtualMachine",
                            "GetDrsScore")),
            entry(
                    "power.v1.PowerService",
                    List.of(
                            "GetClusterPower",
                            "ListHostPower",
                            "EnterStandby",
                            "ExitStandby",
                            "TestWake",
                            "ListPowerRecommendations")),
            entry("ha.v1.HaService", List.of("GetHa", "EnableHa", "DisableHa")),
            entry("datastore.v1.DatastoreService", List.of("GetDatastore", "ListDatastores", "BrowseDatastore")),
            entry("network.v1.NetworkService", List.of("GetNetwork", "ListNetworks")),
            entry(
                    "statistics.v1.StatisticsService",
                    List.of("ListCounters", "QueryStatistics", "ListLatestStatistics")),
            entry("task.v1.TaskService", List.of("GetTask", "ListTasks", "WaitTask")),
            entry("event.v1.EventService", List.of("ListEvents")));

    private RetryPolicy() {}

    /** Whether a request type can have a request id; a quick look at the name only. */
    static boolean mayCarryRequestId(String requestType) {
        return !(requestType.startsWith("Get")
                || requestType.startsWith("List")
                || requestType.startsWith("Find")
                || requestType.startsWith("Query")
                || requestType.startsWith("Watch")
                || requestType.startsWith("Wait")
                || requestType.startsWith("Read"));
    }

    /** The policy in the form gRPC wants: the JSON of a service config as maps, numbers as doubles. */
    static Map<String, Object> serviceConfig() {
        List<Object> names = new ArrayList<>();
        METHODS.forEach((service, methods) ->
                methods.forEach(method -> names.add(Map.of("service", PREFIX + service, "method", method))));
        Map<String, Object> retry = Map.of(
                "maxAttempts",
                (double) ATTEMPTS_MAX,
                "initialBackoff",
                "0.1s",
                "maxBackoff",
                "2s",
                "backoffMultiplier",
                2.0,
                "retryableStatusCodes",
                List.of("UNAVAILABLE"));
        return Map.of("methodConfig", List.of(Map.of("name", names, "retryPolicy", retry)));
    }
}
