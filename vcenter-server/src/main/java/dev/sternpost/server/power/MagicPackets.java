package dev.sternpost.server.power;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.server.host.HostCommand;
import dev.sternpost.server.host.HostCommands;
import dev.sternpost.server.host.HostOperation;
import dev.sternpost.server.powercontrol.WakeOnLan;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** Sends magic packets through the agents of other hosts of the sleeper's cluster, which are on its segment. */
public final class MagicPackets {
    /** As many hosts send it: more is only noise. */
    private static final int PEERS_MAX = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Inventory inventory;
    private final HostCommands commands;

    public MagicPackets(Inventory inventory, HostCommands commands) {
        this.inventory = inventory;
        this.commands = commands;
    }

    /** Where packets for a host go out. */
    public WakeOnLan.Segment segmentOf(Host sleeper) {
        return packet -> {
            List<CompletableFuture<Boolean>> sent =
                    peers(sleeper).map(peer -> send(peer, packet)).toList();
            return (int) sent.stream().filter(CompletableFuture::join).count();
        };
    }

    private Stream<Host> peers(Host sleeper) {
        InventorySnapshot snapshot = inventory.snapshot();
        return snapshot.clusterOf(sleeper.id()).stream()
                .flatMap(cluster -> snapshot.hostsOf(cluster.id()).stream())
                .filter(host -> !host.id().equals(sleeper.id()) && host.isConnected())
                .limit(PEERS_MAX);
    }

    private CompletableFuture<Boolean> send(Host peer, byte[] packet) {
        HostCommand command = new HostCommand(
                "wake-" + UUID.randomUUID(), "", 0, null, 0, null, new HostOperation.SendMagicPacket(packet));
        return commands.send(peer.id(), command, PATIENCE, progress -> {})
                .thenApply(answer -> true)
                .exceptionally(error -> {
                    if (error instanceof Error fatal) {
                        throw new CompletionException(fatal);
                    }
                    return false;
                })
                .toCompletableFuture();
    }
}
