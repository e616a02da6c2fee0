package dev.sternpost.agent.operation;

import dev.sternpost.agent.engine.MigrationTarget;
import dev.sternpost.agent.engine.RunningVm;
import dev.sternpost.agent.relay.Inbound;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A live migration to this host, from the start of its shadow VM until the pause has been measured.
 *
 * @param migrationId id of the migration
 * @param running the shadow VM
 * @param inbound the relay's end; null for a shadow VM found after a restart of the agent
 * @param activation completes with what was measured once the guest runs here
 */
record TargetSession(
        String migrationId,
        RunningVm running,
        @Nullable Inbound inbound,
        CompletableFuture<Payload.Activation> activation) {

    TargetSession(String migrationId, RunningVm running, @Nullable Inbound inbound) {
        this(migrationId, running, inbound, new CompletableFuture<>());
    }

    MigrationTarget target() {
        return running.migrationTarget();
    }

    Optional<Inbound> relay() {
        return Optional.ofNullable(inbound);
    }
}
