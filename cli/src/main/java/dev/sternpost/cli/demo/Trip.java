package dev.sternpost.cli.demo;

import dev.sternpost.proto.task.v1.MigrationProgress;
import java.util.Optional;

/**
 * One live migration and the ping that ran meanwhile.
 *
 * @param pings empty when VMs cannot reach each other on this network
 */
record Trip(String vm, String from, String to, String taskId, MigrationProgress facts, Optional<PingCount> pings) {}
