package dev.sternpost.sim.ha;

import dev.sternpost.ha.lease.HostLease;
import dev.sternpost.ha.message.Message;
import dev.sternpost.ha.message.Sighting;
import dev.sternpost.ha.port.Effect;
import dev.sternpost.ha.port.Input;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.VirtualMachineId;
import dev.sternpost.sim.ha.HaHost.Qemu;
import dev.sternpost.sim.kernel.SharedDisk.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Carries out what the machines of the hosts want done, slowly and with every fault there is. */
final class Effects {
    /** A machine that does not reach the datastore loses the locks of its disk images after so long. */
    static final long IMAGE_LOCK_LEASE_MILLIS = 45_000;

    /** So much that the lease is thought over while its host may still hold it. */
    private static final long TOO_OLD_BY_MILLIS = 8_000;

    private static final int STILL_FROZEN_MILLIS = 100;

    private final HaCluster cluster;

    /** The message that was sent last, and how it is read. */
    private @Nullable Message sent;

    private Optional<Message> readAs = Optional.empty();

    Effects(HaCluster cluster) {
        this.cluster = cluster;
    }

    void carryOut(HaHost host, Program program, List<Effect> effects) {
        int life = program.life;
        for (Effect effect : effects) {
            if (program.life != life || !host.powered) {
                return;
            }
            carryOut(host, program, life, effect);
        }
    }

    private void carryOut(HaHost host, Program program, int life, Effect effect) {
        switch (effect) {
            case Effect.ReadSlot read -> read(host, program, life, read.slot());
            case Effect.WriteSlot write -> write(host, program, life, write);
            case Effect.Send send -> {
                Optional<Message> read = onTheWire(host, send.message());
                cluster.host(send.to())
                        .filter(to -> read.isPresent())
                        .ifPresent(to ->
                                cluster.network.send(host.number, to.number, () -> receive(to, read.orElseThrow())));
            }
            case Effect.PingIsolationAddresses ignored ->
                cluster.network.send(
                        host.number,
                        0,
                        () -> cluster.network.send(
                                0,
                                host.number,
                                () -> cluster.deliver(host, program, life, Input.AddressAnswered::new)));
            case Effect.SwapLock swap -> swap(host, program, life, swap);
            case Effect.ReadLock read ->
                cluster.disk.operate(
                        host.number,
                        "lock read",
                        () -> Optional.of(cluster.locks.of(read.vmId())),
                        lock -> cluster.deliver(host, program, life, at -> new Input.LockRead(read.vmId(), lock, at)));
            case Effect.CreateVm create -> create(host, create);
            case Effect.ContinueVm go -> go(host, go.vmId());
            case Effect.StopVm stop ->
                after(stop.askGuestFirst() ? cluster.shutDownMillis() : cluster.killMillis(), host, () -> {
                    Qemu qemu = host.qemus.get(stop.vmId());
                    if (qemu != null && qemu.generation <= stop.generation()) {
                        end(host, stop.vmId(), "stopped");
                    }
                });
            case Effect.StopAllVms stop -> stopAll(host, program, life, stop);
            case Effect.SetWatchdog watchdog -> setWatchdog(host, watchdog.atMillis());
            case Effect.LeaseIs lease -> leaseIs(host, lease);
            case Effect.TellGuard tell ->
                cluster.deliver(host, host.guard, host.guard.life, at -> new Input.HostSays(tell.isolated(), at));
            case Effect.Tell tell -> cluster.happened(host, tell.happening());
        }
    }

    private void after(int millis, HaHost host, Runnable work) {
        cluster.simulation.after(Duration.ofMillis(millis), "work of " + host, () -> {
            if (host.powered && host.frozen) {
                after(STILL_FROZEN_MILLIS, host, work);
            } else {
                work.run();
            }
        });
    }

    /** As others read it; the same for all that it is sent to. */
    private Optional<Message> onTheWire(HaHost host, Message message) {
        if (!message.equals(sent)) {
            sent = message;
            Message said = host.liar == null ? message : host.liar.said(message);
            readAs = Message.decode(tooOld(said).encoded());
        }
        return readAs;
    }

    private Message tooOld(Message message) {
        if (cluster.defect != Defect.SIGHTINGS_TOO_OLD || !(message instanceof Message.Heartbeat beat)) {
            return message;
        }
        TreeMap<HostId, Sighting> older = new TreeMap<>(beat.silent());
        older.replaceAll((host, seen) ->
                new Sighting(seen.incarnation(), seen.sequence(), seen.agoMillis() + TOO_OLD_BY_MILLIS));
        return new Message.Heartbeat(
                beat.from(), beat.incarnation(), beat.sequence(), beat.term(), beat.leaseHeld(), beat.vms(), older);
    }

    private void receive(HaHost to, Message message) {
        cluster.deliver(to, to.agent, to.agent.life, at -> new Input.Heard(message, at));
    }

    private void read(HaHost host, Program program, int life, String slot) {
        long started = host.clock.millis();
        cluster.disk.read(host.number, slot, answer -> {
            cluster.deliver(
                    host,
                    program,
                    life,
                    at -> new Input.SlotRead(slot, started, answer.orElse(Optional.empty()), answer.isEmpty(), at));
        });
    }

    private void write(HaHost host, Program program, int life, Effect.WriteSlot write) {
        long started = host.clock.millis();
        cluster.disk.write(
                host.number,
                write.slot(),
                host.liar == null ? onDisk(write.content()) : host.liar.written(onDisk(write.content())),
                outcome -> cluster.deliver(
                        host,
                        program,
                        life,
                        at -> new Input.SlotWritten(
                                write.slot(), write.ticket(), started, outcome.equals(Optional.of(Outcome.DONE)), at)));
    }

    /** A guard that is too patient does not say so. */
    private String onDisk(String content) {
        if (cluster.defect != Defect.GUARD_TOO_PATIENT) {
            return content;
        }
        return HostLease.decode(content)
                .map(lease -> new HostLease(
                                lease.hostId(),
                                lease.incarnation(),
                                lease.sequence(),
                                lease.agentUp(),
                                lease.isolated(),
                                cluster.config().timing().deadMillis())
                        .encoded())
                .orElse(content);
    }

    private void swap(HaHost host, Program program, int life, Effect.SwapLock swap) {
        cluster.disk.operate(
                host.number,
                "lock",
                () -> Optional.of(cluster.locks.swap(swap.vmId(), swap.expected(), swap.next())),
                actual -> cluster.deliver(
                        host,
                        program,
                        life,
                        at -> new Input.LockAnswer(
                                swap.vmId(), swap.next(), actual.equals(Optional.of(swap.next())), actual, at)));
    }

    private void create(HaHost host, Effect.CreateVm create) {
        VirtualMachineId vm = create.vmId();
        int life = host.agent.life;
        if (host.freezeOnCreateMillis > 0) {
            cluster.say(host, "stands still");
            cluster.freeze(host, host.freezeOnCreateMillis);
            host.freezeOnCreateMillis = 0;
        }
        if (host.liesOnce) {
            host.liesOnce = false;
            cluster.deliver(host, host.agent, life, at -> new Input.VmCreated(vm, create.generation(), at));
            after(
                    10_000,
                    host,
                    () -> cluster.deliver(
                            host, host.agent, life, at -> new Input.VmGone(vm, false, "was never there", at)));
            return;
        }
        after(cluster.createMillis(), host, () -> {
            if (!host.powered || host.agent.life != life) {
                return;
            }
            if (cluster.disk.isCut(host.number) || cluster.imagesLocked(host, vm)) {
                String why = cluster.disk.isCut(host.number) ? "no datastore" : "its disk images are in use";
                cluster.deliver(host, host.agent, life, at -> new Input.VmGone(vm, false, why, at));
                return;
            }
            Qemu before = host.qemus.get(vm);
            Qemu qemu = new Qemu(create.generation());
            // One that has just been started here under the generation before is what was wanted: it goes on.
            qemu.executing = cluster.defect == Defect.CREATED_RUNNING
                    || (before != null && before.executing && before.generation == create.generation() - 1);
            host.qemus.put(vm, qemu);
            cluster.executesMore();
            cluster.deliver(host, host.agent, life, at -> new Input.VmCreated(vm, create.generation(), at));
        });
    }

    private void go(HaHost host, VirtualMachineId vm) {
        Qemu qemu = host.qemus.get(vm);
        if (qemu != null && !qemu.incoming) {
            qemu.executing = true;
            cluster.executesMore();
            guestUpSoon(host, vm);
        }
    }

    void guestUpSoon(HaHost host, VirtualMachineId vm) {
        Qemu qemu = host.qemus.get(vm);
        after(cluster.guestUpMillis(), host, () -> {
            if (host.qemus.get(vm) == qemu && host.powered) {
                cluster.deliver(host, host.agent, host.agent.life, at -> new Input.GuestUp(vm, at));
            }
        });
    }

    private void end(HaHost host, VirtualMachineId vm, String why) {
        if (host.powered && !host.frozen && host.qemus.remove(vm) != null) {
            cluster.deliver(host, host.agent, host.agent.life, at -> new Input.VmGone(vm, false, why, at));
        }
    }

    private void stopAll(HaHost host, Program program, int life, Effect.StopAllVms stop) {
        if (cluster.defect == Defect.NOBODY_STOPS) {
            cluster.deliver(host, program, life, at -> new Input.AllStopped(stop.epoch(), at));
            return;
        }
        // Those that are made meanwhile are killed too: the control group is empty at the end, or it is tried again.
        after(cluster.killMillis(), host, () -> {
            if (host.powered && !host.frozen && program.life == life) {
                for (VirtualMachineId vm : List.copyOf(host.qemus.keySet())) {
                    end(host, vm, "stopped by the guard");
                }
                cluster.deliver(host, program, life, at -> new Input.AllStopped(stop.epoch(), at));
            }
        });
    }

    private void setWatchdog(HaHost host, long atMillis) {
        host.watchdogAtMillis = atMillis;
        if (host.hasWatchdog && cluster.defect != Defect.NOBODY_STOPS && atMillis != Long.MAX_VALUE) {
            awaitWatchdog(host, atMillis);
        }
    }

    private void awaitWatchdog(HaHost host, long atMillis) {
        long left = Math.max(1, atMillis - host.clock.millis());
        cluster.simulation.after(Duration.ofMillis(left), "watchdog", () -> {
            if (host.powered && host.watchdogAtMillis == atMillis) {
                if (host.clock.millis() < atMillis) {
                    awaitWatchdog(host, atMillis);
                } else {
                    cluster.say(host, "is reset by its watchdog");
                    cluster.crash(host);
                    cluster.simulation.after(Duration.ofSeconds(30), "boots", () -> {
                        if (!host.powered) {
                            cluster.boot(host);
                        }
                    });
                }
            }
        });
    }

    private void leaseIs(HaHost host, Effect.LeaseIs lease) {
        host.known = lease;
        boolean always = cluster.defect == Defect.LEASE_NOT_ASKED;
        cluster.deliver(
                host,
                host.agent,
                host.agent.life,
                at -> new Input.Lease(always ? 1 : lease.epoch(), always ? Long.MAX_VALUE : lease.untilMillis(), at));
    }
}
