package dev.sternpost.server.power;

import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.power.ClusterPower;
import dev.sternpost.inventory.power.HostPowerSetup;
import dev.sternpost.inventory.power.PowerLevel;
import dev.sternpost.inventory.power.PowerMethod;
import dev.sternpost.inventory.store.AuditDraft;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.powercontrol.BmcAddress;
import dev.sternpost.server.powercontrol.IpmiControl;
import dev.sternpost.server.powercontrol.SecretBox;
import dev.sternpost.server.powercontrol.TrustedCertificate;
import dev.sternpost.server.powercontrol.WakeOnLan;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says how power is managed, and changes it. Every method throws {@link FaultException} with the codes of the contract. */
public final class PowerAdmin {
    private static final int TEXT_MAX = 256;

    private final Inventory inventory;
    private final PowerBook book;
    private final SecretBox secrets;

    PowerAdmin(Inventory inventory, PowerBook book, SecretBox secrets) {
        this.inventory = inventory;
        this.book = book;
        this.secrets = secrets;
    }

    /** What is wanted of a cluster; null or 0 leaves it. */
    public record ClusterWish(
            @Nullable PowerLevel level,
            int useTargetPercent,
            @Nullable Integer useTolerancePercent,
            int hostsMin,
            @Nullable Integer stateSeconds,
            @Nullable Long cpuMhzMin,
            @Nullable Long memoryBytesMin) {}

    /** What is wanted of a host; null leaves it. {@code toString} leaves the password out. */
    public record HostWish(
            @Nullable PowerMethod method,
            @Nullable String address,
            @Nullable String userName,
            @Nullable String password,
            @Nullable String trust,
            @Nullable String macAddress,
            @Nullable PowerLevel override,
            boolean clearOverride) {
        @Override
        public String toString() {
            return "HostWish[" + method + " " + override + "]";
        }
    }

    /** A host's power as people see it. */
    public record HostView(Host host, HostPowerSetup setup, PowerLevel level, String leftAlone) {}

    public ClusterPower cluster(String reference) {
        return book.of(inventory.snapshot().resolve(reference, Cluster.class).id());
    }

    /** OBJECT_NOT_FOUND, NAME_AMBIGUOUS, REQUEST_INVALID. */
    public ClusterPower update(String userName, String reference, ClusterWish wish) {
        Cluster cluster = inventory.snapshot().resolve(reference, Cluster.class);
        ClusterPower before = book.of(cluster.id());
        ClusterPower after = book.change(cluster.id(), power -> wished(power, wish));
        if (!after.equals(before)) {
            tell(userName, cluster, EventType.CLUSTER_POWER_RECONFIGURED, describe(cluster, after));
        }
        return after;
    }

    private static ClusterPower wished(ClusterPower before, ClusterWish wish) {
        try {
            return new ClusterPower(
                    before.clusterId(),
                    wish.level() == null ? before.level() : wish.level(),
                    wish.useTargetPercent() == 0 ? before.useTargetPercent() : wish.useTargetPercent(),
                    wish.useTolerancePercent() == null ? before.useTolerancePercent() : wish.useTolerancePercent(),
                    wish.hostsMin() == 0 ? before.hostsMin() : wish.hostsMin(),
                    wish.stateSeconds() == null ? before.stateSeconds() : wish.stateSeconds(),
                    wish.cpuMhzMin() == null ? before.cpuMhzMin() : wish.cpuMhzMin(),
                    wish.memoryBytesMin() == null ? before.memoryBytesMin() : wish.memoryBytesMin());
        } catch (IllegalArgumentException e) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID,
                    before.clusterId().value(),
                    "Power cannot be managed like this: %s. Use lies between 0 and 100 %%, 1 to %d hosts stay on, a state lasts 0 to %d s."
                            .formatted(e.getMessage(), ClusterPower.HOSTS_MIN_MAX, ClusterPower.STATE_SECONDS_MAX));
        }
    }

    private static String describe(Cluster cluster, ClusterPower power) {
        return power.level() == PowerLevel.OFF
                ? "Power management of %s: off.".formatted(cluster.name())
                : "Power management of %s: %s, use %d %% with %d %% to either side, at least %d hosts on, %d s in a state."
                        .formatted(
                                cluster.name(),
                                power.level().words(),
                                power.useTargetPercent(),
                                power.useTolerancePercent(),
                                power.hostsMin(),
                                power.stateSeconds());
    }

    /**
     * The hosts of a cluster, one host, or all.
     *
     * @param parent empty for all
     */
    public List<HostView> hosts(String parent) {
        InventorySnapshot snapshot = inventory.snapshot();
        if (parent.isEmpty()) {
            return snapshot.objects(Host.class).stream()
                    .map(host -> view(snapshot, host))
                    .toList();
        }
        return switch (snapshot.resolve(parent)) {
            case Host host -> List.of(view(snapshot, host));
            case Cluster cluster ->
                snapshot.hostsOf(cluster.id()).stream()
                        .map(host -> view(snapshot, host))
                        .toList();
            default ->
                throw new FaultException(
                        FaultCode.REQUEST_INVALID, "%s is neither a host nor a cluster.".formatted(parent));
        };
    }

    private HostView view(InventorySnapshot snapshot, Host host) {
        PowerLevel level = book.levelOf(snapshot, host);
        HostPowerSetup setup = book.of(host.id());
        String why = Optional.of(level)
                .filter(each -> each == PowerLevel.OFF)
                .map(off -> setup.override() == PowerLevel.OFF
                        ? "has its own level, off"
                        : "is where power management is off")
                .or(() -> Eligibility.obstacle(setup))
                .orElse("");
        return new HostView(host, setup, level, why);
    }

    /** OBJECT_NOT_FOUND, NAME_AMBIGUOUS, REQUEST_INVALID. */
    public HostView updateHost(String userName, String reference, HostWish wish) {
        Host host = inventory.snapshot().resolve(reference, Host.class);
        HostPowerSetup before = book.of(host.id());
        HostPowerSetup after = book.change(host.id(), setup -> wished(setup, wish));
        if (!after.equals(before)) {
            PowerLevel override = after.override();
            tell(
                    userName,
                    host,
                    EventType.HOST_POWER_RECONFIGURED,
                    "%s is woken by: %s; level: %s."
                            .formatted(
                                    host.name(),
                                    words(after.method()),
                                    override == null ? "its cluster's" : override.words()));
        }
        return view(inventory.snapshot(), host);
    }

    private static String words(PowerMethod method) {
        return method.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private HostPowerSetup wished(HostPowerSetup before, HostWish wish) {
        PowerMethod method = wish.method() == null ? before.method() : wish.method();
        boolean other = method != before.method();
        String address = chosen("address", wish.address(), other ? "" : before.address());
        String userName = chosen("user_name", wish.userName(), other ? "" : before.userName());
        String trust = wish.trust() == null ? other ? "" : before.trust() : TrustedCertificate.normal(wish.trust());
        String password;
        if (wish.password() != null) {
            password = sealed(before.hostId(), wish.password());
        } else {
            password = other ? "" : before.sealedPassword();
            requireSameController(before, password, address, userName, trust);
        }
        String mac = chosen("mac_address", wish.macAddress(), other ? "" : before.macAddress())
                .toLowerCase(Locale.ROOT)
                .replace('-', ':');
        check(before.hostId(), method, address, trust, mac);
        checkIpmi(method, userName, wish.password());
        boolean moved = other
                || !address.equals(before.address())
                || !userName.equals(before.userName())
                || wish.password() != null
                || !trust.equals(before.trust())
                || !mac.equals(before.macAddress());
        HostPowerSetup after = moved ? before.withMethod(method, address, userName, password, trust, mac) : before;
        PowerLevel override = wish.clearOverride() ? null : wish.override();
        return wish.clearOverride() || override != null ? after.withOverride(override) : after;
    }

    /** A password is only ever sent to whom it was given for: it cannot be read by having it sent elsewhere. */
    private static void requireSameController(
            HostPowerSetup before, String password, String address, String userName, String trust) {
        boolean same =
                address.equals(before.address()) && userName.equals(before.userName()) && trust.equals(before.trust());
        if (!password.isEmpty() && !same) {
            throw invalid(
                    "Another address, user or trust needs the password again: the one that is kept was given for %s."
                            .formatted(before.address()));
        }
    }

    private String sealed(HostId id, String password) {
        if (password.length() > TEXT_MAX || password.chars().anyMatch(Character::isISOControl)) {
            throw invalid("The password is too long, or has control characters in it.");
        }
        return password.isEmpty() ? "" : secrets.seal(id.value(), password);
    }

    private static String chosen(String field, @Nullable String wish, String before) {
        if (wish != null && (wish.length() > TEXT_MAX || wish.chars().anyMatch(Character::isISOControl))) {
            throw invalid("%s is too long, or has control characters in it.".formatted(field));
        }
        return wish == null ? before : wish.strip();
    }

    private static void check(HostId id, PowerMethod method, String address, String trust, String mac) {
        switch (method) {
            case REDFISH -> {
                if (!isHttps(address)) {
                    throw invalid("Redfish needs the \"address\" of the controller of %s, like https://bmc-3.example."
                            .formatted(id));
                }
            }
            case IPMI -> {
                if (BmcAddress.of(address).isEmpty()) {
                    throw invalid(
                            "IPMI needs the \"address\" of the controller of %s, like bmc-3.example or 10.0.0.3:623."
                                    .formatted(id));
                }
            }
            case NONE, WAKE_ON_LAN, COMMAND -> {
                if (!address.isEmpty()) {
                    throw invalid("\"address\" is for Redfish and IPMI only.");
                }
            }
        }
        if (method != PowerMethod.REDFISH && !trust.isEmpty() || !TrustedCertificate.isUsable(trust)) {
            throw invalid(
                    "\"trust\" is for Redfish, and is \"sha256:\" with 64 hexadecimal digits, or certificates in PEM.");
        }
        boolean wakeOnLan = method == PowerMethod.WAKE_ON_LAN;
        if (wakeOnLan ? !WakeOnLan.isMacAddress(mac) : !mac.isEmpty()) {
            throw invalid(
                    wakeOnLan
                            ? "Wake-on-LAN needs the \"mac_address\" of the card of %s, like 52:54:00:12:34:56."
                                    .formatted(id)
                            : "\"mac_address\" is for wake-on-LAN only.");
        }
    }

    private static void checkIpmi(PowerMethod method, String userName, @Nullable String password) {
        boolean fits = IpmiControl.isUsable(userName, IpmiControl.USER_NAME_MAX)
                && IpmiControl.isUsable(password == null ? "" : password, IpmiControl.PASSWORD_MAX);
        if (method == PowerMethod.IPMI && !fits) {
            throw invalid("A user name of IPMI has at most %d characters, a password at most %d, all of them ASCII."
                    .formatted(IpmiControl.USER_NAME_MAX, IpmiControl.PASSWORD_MAX));
        }
    }

    private static boolean isHttps(String address) {
        try {
            URI uri = new URI(address);
            return "https".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static FaultException invalid(String message) {
        return new FaultException(FaultCode.REQUEST_INVALID, message);
    }

    private void tell(String userName, ManagedObject subject, EventType type, String message) {
        inventory.commit((InventorySnapshot snapshot) -> {
            EventDraft event = EventDraft.about(subject, type, message).byUser(userName);
            return InventoryWrite.builder()
                    .event(subject instanceof Host host ? event.onHost(host.id()) : event)
                    .audit(new AuditDraft(userName, "Host.Config.Power", subject.id(), ""))
                    .build();
        });
    }
}
