package dev.sternpost.server.simulation;

import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostConnectionState;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.power.HostPowerSetup;
import dev.sternpost.inventory.power.PowerMethod;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.host.HostReconciler;
import dev.sternpost.server.powercontrol.PowerAnswer;
import dev.sternpost.server.powercontrol.PowerControl;
import dev.sternpost.server.powercontrol.PowerControls;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The power of the simulated hosts: they go off and come back at once, unless a test says otherwise. */
public final class SimulatedMachines implements PowerControls {
    private final Inventory inventory;
    private final HostReconciler reconciler;
    private final SimulatedHosts hosts;
    private final Set<HostId> off = new HashSet<>();
    private final Set<HostId> dead = new HashSet<>();
    private final Set<HostId> stubborn = new HashSet<>();
    private final Map<HostId, PowerAnswer> answers = new HashMap<>();
    private final Map<HostId, Integer> lingering = new HashMap<>();

    SimulatedMachines(Inventory inventory, HostReconciler reconciler, SimulatedHosts hosts) {
        this.inventory = inventory;
        this.reconciler = reconciler;
        this.hosts = hosts;
    }

    /** Lets a machine stay off whatever it is told. */
    public void setDead(HostId host, boolean isDead) {
        if (isDead) {
            dead.add(host);
        } else {
            dead.remove(host);
        }
    }

    /** Makes a machine that does not go off. */
    public void setStubborn(HostId host) {
        stubborn.add(host);
    }

    /** Lets a host say so often that a VM still has a process there. */
    public void setLingering(HostId host, int times) {
        lingering.put(host, times);
    }

    /** What the controller of a host answers to everything. */
    public void setAnswer(HostId host, PowerAnswer answer) {
        answers.put(host, answer);
    }

    public boolean isOff(HostId host) {
        return off.contains(host);
    }

    /** The button at the machine is pressed. */
    public void pressButton(HostId host) {
        turnOn(host);
    }

    /** Its agent was told to switch it off. */
    void turnOff(HostId id) {
        if (lingering.merge(id, -1, Integer::sum) >= 0) {
            throw new FaultException(FaultCode.VM_RUNNING, id.value(), "a virtual machine runs there");
        }
        if (stubborn.contains(id) || !off.add(id)) {
            return;
        }
        hosts.setAway(id, true);
        inventory.commit((InventorySnapshot snapshot) -> {
            Host host = snapshot.get(id);
            return InventoryWrite.builder()
                    .put(host.withConnection(HostConnectionState.DISCONNECTED, host.incarnation(), host.lastSeen()))
                    .build();
        });
    }

    private void turnOn(HostId id) {
        if (off.remove(id)) {
            hosts.setAway(id, false);
            reconciler.connected(id, inventory.snapshot().get(id).incarnation() + 1, "0.1");
        }
    }

    @Override
    public Optional<PowerControl> of(Host host, HostPowerSetup setup) {
        return setup.method() == PowerMethod.NONE ? Optional.empty() : Optional.of(new Control(host.id()));
    }

    private final class Control implements PowerControl {
        private final HostId id;

        Control(HostId id) {
            this.id = id;
        }

        @Override
        public PowerAnswer state() {
            PowerAnswer fixed = answers.get(id);
            return fixed != null
                    ? fixed
                    : new PowerAnswer.Is(off.contains(id) ? PowerAnswer.MachinePower.OFF : PowerAnswer.MachinePower.ON);
        }

        @Override
        public PowerAnswer on() {
            PowerAnswer fixed = answers.get(id);
            if (fixed != null) {
                return fixed;
            }
            if (!off.contains(id)) {
                return new PowerAnswer.Already();
            }
            if (!dead.contains(id)) {
                turnOn(id);
            }
            return new PowerAnswer.Done();
        }

        @Override
        public PowerAnswer off() {
            turnOff(id);
            return new PowerAnswer.Done();
        }
    }
}
