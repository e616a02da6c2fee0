package dev.sternpost.server.host;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.FolderType;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ObjectName;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Committed;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.placement.Placements;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.UserName;
import dev.sternpost.sso.enrolment.EnrolmentTokens;
import dev.sternpost.sso.enrolment.IssuedEnrolmentToken;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;

/** Adds hosts to the inventory and takes them out again. */
public final class HostAdmin {
    private static final int NAMED_MAX = 3;

    private final Inventory inventory;
    private final EnrolmentTokens tokens;
    private final IdentityStore identities;
    private final InstantSource clock;
    private final byte[] caFingerprint;
    private final Placements placements;
    private final Predicate<String> busy;

    /**
     * @param busy whether a task on an object, named by its id, is under way
     * @param caFingerprint SHA-256 of the CA certificate's DER form, which every token carries
     */
    public HostAdmin(
            Inventory inventory,
            EnrolmentTokens tokens,
            IdentityStore identities,
            InstantSource clock,
            byte[] caFingerprint,
            Placements placements,
            Predicate<String> busy) {
        this.placements = placements;
        this.busy = busy;
        this.inventory = inventory;
        this.tokens = tokens;
        this.identities = identities;
        this.clock = clock;
        this.caFingerprint = caFingerprint.clone();
    }

    /** A host and the token its agent enrols with. */
    public record Added(Host host, IssuedEnrolmentToken token) {}

    /**
     * Makes the host, disconnected, and a token for its agent. Asked again for a host of that name which has never been
     * connected, it makes a fresh token for it, so that a lost answer can be asked for again.
     *
     * @throws FaultException OBJECT_NOT_FOUND, NAME_AMBIGUOUS, NAME_TAKEN, NAME_INVALID, REQUEST_INVALID
     */
    public Added add(String userName, String parentReference, String name) {
        ObjectName.check(name);
        HostId newId = HostId.of(inventory.nextIdNumber());
        inventory.commit((InventorySnapshot snapshot) -> {
            ManagedObject parent = snapshot.resolve(parentReference);
            requireHoldsHosts(parent);
            if (neverConnected(snapshot, parent, name)) {
                return InventoryWrite.NOTHING;
            }
            Host host = Host.create(newId, name, parent.id());
            return InventoryWrite.builder()
                    .put(host)
                    .event(EventDraft.about(host, EventType.HOST_ADDED, name + " was added. Its agent can enrol now.")
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Host.Inventory.AddHostToCluster", newId, ""))
                    .build();
        });
        InventorySnapshot snapshot = inventory.snapshot();
        ManagedObject parent = snapshot.resolve(parentReference);
        Host host = (Host) snapshot.findChild(parent.id(), name).orElseThrow();
        return new Added(host, issue(userName, host));
    }

    /** Makes a token for a host that is there; see the contract. */
    public IssuedEnrolmentToken createToken(String userName, String reference) {
        return issue(userName, inventory.snapshot().resolve(reference, Host.class));
    }

    /** A new agent has taken the host's place: what the old one counted does not bind it. */
    public void enrolled(HostId hostId) {
        inventory.commit((InventorySnapshot snapshot) -> snapshot.find(hostId)
                .filter(host -> host.incarnation() > 0)
                .map(host -> InventoryWrite.builder()
                        .put(host.withConnection(host.connectionState(), 0, host.lastSeen()))
                        .build())
                .orElse(InventoryWrite.NOTHING));
    }

    /**
     * Removes a host without VMs and withdraws its certificates.
     *
     * @throws FaultException OBJECT_NOT_FOUND, NAME_AMBIGUOUS, OBJECT_NOT_EMPTY, HOST_WRONG_MODE, VERSION_CONFLICT, WOULD_BREAK_FAILOVER
     */
    public HostId remove(String userName, String reference, long etag) {
        HostId id = inventory.snapshot().resolve(reference, Host.class).id();
        placements.undisturbed(() -> {
            requireUnused(id);
            placements.failover().requireLeft(inventory.snapshot(), id);
            placements.failover().requireWithout(inventory.snapshot(), id);
            return removed(userName, id, etag);
        });
        tokens.sweep();
        identities.removeEnrolmentTokens(id);
        identities.revokeHostCertificates(id, clock.instant());
        return id;
    }

    /** A task that brings a VM here, or empties the host, still needs it. */
    private void requireUnused(HostId id) {
        if (placements.isPromised(id) || busy.test(id.value())) {
            throw Fault.of(
                            FaultCode.OBJECT_NOT_EMPTY,
                            "A task under way needs %s. Wait for it or cancel it; sternpost task ls --active shows it."
                                    .formatted(inventory.snapshot().get(id).name()))
                    .about(id.value())
                    .exception();
        }
    }

    private Committed removed(String userName, HostId id, long etag) {
        return inventory.commit((InventorySnapshot snapshot) -> {
            Host host = snapshot.get(id);
            if (etag != 0 && host.version() != etag) {
                throw Fault.of(
                                FaultCode.VERSION_CONFLICT,
                                "%s has version %d by now, not %d; read it again and repeat."
                                        .formatted(host.name(), host.version(), etag))
                        .about(id.value())
                        .exception();
            }
            List<String> left = snapshot.vmsOn(id).stream()
                    .map(vm -> vm.template() ? vm.name() + " (a template)" : vm.name())
                    .sorted()
                    .toList();
            if (!left.isEmpty()) {
                throw Fault.of(
                                FaultCode.OBJECT_NOT_EMPTY,
                                "%s still has %s%s. Migrate or unregister what it has first: sternpost vm migrate NAME --to HOST."
                                        .formatted(
                                                host.name(),
                                                String.join(", ", left.subList(0, Math.min(NAMED_MAX, left.size()))),
                                                left.size() > NAMED_MAX
                                                        ? " and %d more".formatted(left.size() - NAMED_MAX)
                                                        : ""))
                        .about(id.value())
                        .exception();
            }
            return InventoryWrite.builder()
                    .remove(host)
                    .event(EventDraft.about(host, EventType.HOST_REMOVED, host.name() + " was removed.")
                            .byUser(userName))
                    .audit(new AuditDraft(userName, "Host.Config.Remove", id, ""))
                    .build();
        });
    }

    private IssuedEnrolmentToken issue(String userName, Host host) {
        IssuedEnrolmentToken token = tokens.issue(host.id(), new UserName(userName), caFingerprint);
        inventory.commit(InventoryWrite.builder()
                .event(EventDraft.about(
                                host,
                                EventType.ENROLMENT_TOKEN_CREATED,
                                "An enrolment token was made for %s.".formatted(host.name()))
                        .byUser(userName))
                .audit(new AuditDraft(userName, "Host.Config.Connection", host.id(), ""))
                .build());
        return token;
    }

    private static boolean neverConnected(InventorySnapshot snapshot, ManagedObject parent, String name) {
        return snapshot.findChild(parent.id(), name)
                .filter(Host.class::isInstance)
                .map(child -> ((Host) child).facts() == null)
                .orElse(false);
    }

    private static void requireHoldsHosts(ManagedObject parent) {
        boolean holds = switch (parent) {
            case Cluster ignored -> true;
            case Folder folder -> folder.type() == FolderType.HOST;
            default -> false;
        };
        if (!holds) {
            throw Fault.of(
                            FaultCode.REQUEST_INVALID,
                            "%s holds no hosts; name a cluster or a folder of hosts.".formatted(parent.name()))
                    .about(parent.id().value())
                    .exception();
        }
    }
}
