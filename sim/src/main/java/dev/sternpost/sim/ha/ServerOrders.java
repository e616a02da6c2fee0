package dev.sternpost.sim.ha;

import dev.sternpost.ha.host.HostMachine;
import dev.sternpost.ha.policy.MemberHost;
import dev.sternpost.ha.port.Input;
import dev.sternpost.ha.table.LockState;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.sim.ha.HaHost.Offer;
import dev.sternpost.sim.ha.HaHost.Qemu;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/**
 * What agents do on the server's order, beside the machines of high availability: power on and off, live migration. They see to the lock
 * themselves, ask the lease before a guest executes, and tell the host machine what came and went.
 */
final class ServerOrders {
    private static final int AGAIN_MILLIS = 1_000;
    private static final int PRECOPY_MILLIS_MAX = 6_000;
    private static final int DEVICES_MILLIS_MAX = 300;

    /** How often the server tells a target to let the guest go, once the source has said that all of it was sent. */
    private static final int ACTIVATIONS_MAX = 30;

    private final HaCluster cluster;

    ServerOrders(HaCluster cluster) {
        this.cluster = cluster;
    }

    private record Move(VirtualMachineId vm, HaHost source, HaHost target, Qemu from, Qemu to) {
        LockState atSource() {
            return new LockState.Held(source.id, from.generation);
        }

        LockState atTarget() {
            return new LockState.Held(target.id, to.generation);
        }
    }

    // ---- power ------------------------------------------------------------------------------------------------------

    void powerOn(HaHost host, VirtualMachineId vm) {
        int life = host.agent.life;
        onAgent(host, life, at -> {
            HostMachine.State state = host.agentState;
            LockState expected = cluster.locks.of(vm);
            if (state == null
                    || !isOpen(host)
                    || !state.mayRun(state.leaseEpoch(), at)
                    || !(expected instanceof LockState.Absent)) {
                cluster.say(host, vm + " cannot be powered on: " + expected);
                return;
            }
            LockState mine = new LockState.Held(host.id, cluster.locks.nextGeneration(vm));
            swap(host, life, vm, expected, mine, (actual, then) -> {
                if (actual.equals(Optional.of(mine))) {
                    // Listed from now on: a lock without a list looks as if its host had forgotten it.
                    tell(host, life, new Input.VmArrived(vm, mine.generation(), then));
                    create(host, life, vm, mine.generation(), state.leaseEpoch());
                }
            });
        });
    }

    private void create(HaHost host, int life, VirtualMachineId vm, long generation, long epoch) {
        later(cluster.createMillis(), () -> {
            if (!host.powered || host.agent.life != life) {
                return;
            }
            Qemu qemu = new Qemu(generation);
            boolean made = !cluster.imagesLocked(host, vm) && host.qemus.putIfAbsent(vm, qemu) == null;
            onAgent(host, life, at -> {
                if (!made || !letGo(host, life, vm, qemu, epoch, at)) {
                    // No process is left, so nobody needs the lock, and who ordered it is told.
                    cluster.say(host, vm + " could not be powered on");
                    cluster.locks.mayEnd(vm);
                    unlock(host, life, vm, new LockState.Held(host.id, generation));
                }
            });
        });
    }

    /** The last moment: whatever was stopped since is not let go. */
    private boolean letGo(HaHost host, int life, VirtualMachineId vm, Qemu qemu, long epoch, long at) {
        boolean goes = host.qemus.get(vm) == qemu && host.agentState != null && host.agentState.mayRun(epoch, at);
        if (goes) {
            tell(host, life, new Input.VmArrived(vm, qemu.generation, at));
            qemu.executing = true;
            qemu.incoming = false;
            qemu.holdsImages = true;
            cluster.executesMore();
            cluster.effects.guestUpSoon(host, vm);
            cluster.say(host, vm + " runs, generation " + qemu.generation + ", on the server's order");
        } else {
            host.qemus.remove(vm, qemu);
        }
        return goes;
    }

    /** A guest whose lock names this host goes on, or else is for the coordinator to start. */
    private void letGoOrLose(HaHost host, int life, VirtualMachineId vm, Qemu qemu, long epoch, long at) {
        if (!letGo(host, life, vm, qemu, epoch, at)) {
            tell(host, life, new Input.VmArrived(vm, qemu.generation, at));
            tell(host, life, new Input.VmGone(vm, false, "was not let go: no lease", at));
        }
    }

    void powerOff(HaHost host, VirtualMachineId vm) {
        int life = host.agent.life;
        onAgent(host, life, at -> {
            Qemu qemu = host.qemus.get(vm);
            if (qemu != null && qemu.executing) {
                host.qemus.remove(vm);
                cluster.locks.mayEnd(vm);
                cluster.say(host, vm + " is powered off");
                unlock(host, life, vm, new LockState.Held(host.id, qemu.generation));
            }
        });
    }

    /** The guest stands still while its memory is written; then its process ends. */
    void suspend(HaHost host, VirtualMachineId vm, long millis) {
        int life = host.agent.life;
        onAgent(host, life, at -> {
            Qemu qemu = host.qemus.get(vm);
            if (qemu == null || !qemu.executing || qemu.offer != null || host.agentState == null) {
                return;
            }
            qemu.executing = false;
            later(
                    (int) millis,
                    () -> onAgent(host, life, then -> {
                        if (host.qemus.remove(vm, qemu)) {
                            cluster.locks.mayEnd(vm);
                            cluster.say(host, vm + " is suspended");
                            unlock(host, life, vm, new LockState.Held(host.id, qemu.generation));
                        }
                    }));
        });
    }

    /** The server sends nothing to a host that is leaving or has left. */
    boolean isOpen(HaHost host) {
        MemberHost member = cluster.config().hosts().get(host.id);
        return host.powered && host.takesPart && member != null && member.open();
    }

    private void unlock(HaHost host, int life, VirtualMachineId vm, LockState mine) {
        swap(host, life, vm, mine, new LockState.Absent(), (actual, at) -> {
            if (actual.isEmpty()) {
                later(AGAIN_MILLIS, () -> onAgent(host, life, then -> unlock(host, life, vm, mine)));
            } else {
                tell(host, life, new Input.VmDeparted(vm, at));
            }
        });
    }

    // ---- live migration ---------------------------------------------------------------------------------------------

    void move(VirtualMachineId vm, HaHost target) {
        HaHost source = cluster.runner(vm).orElse(null);
        HostMachine.State there = target.agentState;
        boolean open = there != null && isOpen(target) && !target.qemus.containsKey(vm);
        if (source == null || source == target || !open) {
            cluster.simulation.say(vm + " cannot be moved to " + target);
            return;
        }
        Qemu from = Objects.requireNonNull(source.qemus.get(vm));
        Qemu to = new Qemu(from.generation + 1);
        to.incoming = true;
        to.holdsImages = false;
        target.qemus.put(vm, to);
        Move move = new Move(vm, source, target, from, to);
        int life = source.agent.life;
        later(
                cluster.simulation.random().between(AGAIN_MILLIS, PRECOPY_MILLIS_MAX),
                () -> onAgent(source, life, at -> standStill(move, life, at)));
    }

    private void standStill(Move move, int life, long at) {
        HostMachine.State state = move.source.agentState;
        boolean ready = runs(move.source, move.vm, move.from) && reaches(move);
        if (!ready || state == null || !state.mayRun(state.leaseEpoch(), at)) {
            end(move, "is not moved");
            return;
        }
        move.from.executing = false;
        move.from.offer = new Offer(move.atTarget(), state.leaseEpoch());
        handOver(move, life);
    }

    private void handOver(Move move, int life) {
        swap(move.source, life, move.vm, move.atSource(), move.atTarget(), (actual, at) -> {
            if (actual.isEmpty()) {
                later(AGAIN_MILLIS, () -> onAgent(move.source, life, then -> handOver(move, life)));
            } else if (actual.get().equals(move.atTarget())) {
                later(
                        cluster.simulation.random().between(50, DEVICES_MILLIS_MAX),
                        () -> onAgent(move.source, life, then -> sent(move, life)));
            } else {
                lost(move, life, at);
            }
        });
    }

    /** The rest of the guest is at the target, or the link broke before. */
    private void sent(Move move, int life) {
        if (move.source.qemus.get(move.vm) != move.from) {
            // Stopped meanwhile, with what it had not sent yet.
            return;
        }
        if (!reaches(move)) {
            cluster.say(move.source, move.vm + " did not get to " + move.target);
            takeBack(move, life);
            return;
        }
        move.source.qemus.remove(move.vm);
        cluster.say(move.source, move.vm + " is handed over to " + move.target);
        onAgent(move.source, life, at -> tell(move.source, life, new Input.VmDeparted(move.vm, at)));
        cluster.network.send(move.source.number, move.target.number, () -> activate(move));
        activateAgain(move, ACTIVATIONS_MAX);
    }

    private void takeBack(Move move, int life) {
        swap(move.source, life, move.vm, move.atTarget(), move.atSource(), (actual, at) -> {
            if (actual.isEmpty()) {
                later(AGAIN_MILLIS, () -> onAgent(move.source, life, then -> takeBack(move, life)));
            } else if (actual.get().equals(move.atSource())) {
                goOn(move.source, life, move.vm, move.from, at);
                end(move, "stays");
            } else {
                lost(move, life, at);
            }
        });
    }

    private void goOn(HaHost source, int life, VirtualMachineId vm, Qemu from, long at) {
        Offer offer = from.offer;
        from.offer = null;
        if (source.qemus.get(vm) == from && offer != null && source.agentState != null) {
            letGoOrLose(source, life, vm, from, offer.epoch(), at);
        }
    }

    private void lost(Move move, int life, long at) {
        if (move.source.qemus.remove(move.vm, move.from)) {
            tell(move.source, life, new Input.VmGone(move.vm, false, "its lock was taken", at));
        }
        end(move, "is lost here");
    }

    private void end(Move move, String how) {
        move.target.qemus.remove(move.vm, move.to);
        cluster.say(move.source, move.vm + " " + how);
    }

    private void activateAgain(Move move, int times) {
        later(AGAIN_MILLIS, () -> {
            if (times > 0 && move.to.incoming && move.target.qemus.get(move.vm) == move.to) {
                activate(move);
                activateAgain(move, times - 1);
            }
        });
    }

    /** The lease is asked before the lock is read, and again at the last moment; without one, the server asks again. */
    private void activate(Move move) {
        HaHost target = move.target;
        int life = target.agent.life;
        onAgent(target, life, at -> {
            HostMachine.State there = target.agentState;
            if (there == null || there.leaseEpoch() == 0 || !there.mayRun(there.leaseEpoch(), at)) {
                return;
            }
            cluster.disk.operate(target.number, "lock read", () -> Optional.of(cluster.locks.of(move.vm)), lock -> {
                if (lock.equals(Optional.of(move.atTarget())) && !cluster.imagesLocked(target, move.vm)) {
                    onAgent(target, life, then -> {
                        if (move.to.incoming) {
                            move.to.incoming = false;
                            letGoOrLose(target, life, move.vm, move.to, there.leaseEpoch(), then);
                        }
                    });
                }
            });
        });
    }

    /** An agent that starts finds a guest that stands still, half handed over: it takes the lock back, and lets it go on. */
    void recover(HaHost host, int life, Runnable then) {
        for (VirtualMachineId vm : host.qemus.keySet()) {
            Qemu qemu = host.qemus.get(vm);
            Offer offer = qemu.offer;
            if (offer == null || qemu.incoming) {
                continue;
            }
            LockState mine = new LockState.Held(host.id, qemu.generation);
            cluster.disk.operate(
                    host.number, "lock", () -> Optional.of(cluster.locks.swap(vm, offer.next(), mine)), actual -> {
                        if (host.agent.life != life || !host.powered) {
                            return;
                        }
                        boolean leased =
                                host.known.epoch() == offer.epoch() && host.clock.millis() < host.known.untilMillis();
                        if (actual.isEmpty() || cluster.isPaused(host, host.agent)) {
                            later(AGAIN_MILLIS, () -> recover(host, life, then));
                            return;
                        }
                        qemu.offer = null;
                        if (actual.get().equals(mine) && leased && host.qemus.get(vm) == qemu) {
                            qemu.executing = true;
                            cluster.executesMore();
                            cluster.say(host, vm + " goes on after all");
                        }
                        recover(host, life, then);
                    });
            return;
        }
        then.run();
    }

    // ---- how --------------------------------------------------------------------------------------------------------

    private static boolean runs(HaHost host, VirtualMachineId vm, Qemu qemu) {
        return host.executes(vm) && host.qemus.get(vm) == qemu;
    }

    private boolean reaches(Move move) {
        HaHost target = move.target;
        return target.powered
                && !target.frozen
                && target.qemus.get(move.vm) == move.to
                && !cluster.network.isCut(move.source.number, target.number)
                && !cluster.network.isCut(target.number, move.source.number);
    }

    private void swap(
            HaHost host,
            int life,
            VirtualMachineId vm,
            LockState expected,
            LockState next,
            BiConsumer<Optional<LockState>, Long> answer) {
        cluster.disk.operate(
                host.number,
                "lock",
                () -> Optional.of(cluster.locks.swap(vm, expected, next)),
                actual -> onAgent(host, life, at -> answer.accept(actual, at)));
    }

    private void later(int millis, Runnable work) {
        cluster.simulation.after(Duration.ofMillis(millis), "order", work);
    }

    /** When the agent is awake, unless it is another by then. */
    private void onAgent(HaHost host, int life, LongConsumer work) {
        cluster.deliver(host, host.agent, life, at -> {
            work.accept(at);
            return new Input.Tick(at);
        });
    }

    private void tell(HaHost host, int life, Input input) {
        cluster.deliver(host, host.agent, life, at -> input);
    }
}
