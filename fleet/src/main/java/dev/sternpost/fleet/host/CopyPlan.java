package dev.sternpost.fleet.host;

import dev.sternpost.proto.agent.v1.MigrationRound;
import dev.sternpost.proto.agent.v1.MigrationStatus;
import dev.sternpost.proto.agent.v1.StartMigration;
import java.util.ArrayList;
import java.util.List;

/**
 * How iterative pre-copy of a guest goes: each round sends what was dirtied during the one before, at a constant rate
 * without re-writes, until the rest fits the downtime limit.
 *
 * @param rounds the rounds, the last one what is left to send while the guest stands still
 */
record CopyPlan(List<MigrationRound> rounds, double bytesPerMilli) {
    /** What the guest misses. */
    static final double PAUSE_MILLIS = 38;

    /** 10 Gbit/s, less what TLS and headers take. */
    private static final double BYTES_PER_MILLI = 1_170_000;

    private static final double DIRTIED_PER_BUSY_CPU_MILLI = 60_000;
    /** A guest that dirties faster is throttled, as an agent does. */
    private static final double DIRTY_SHARE_MAX = 0.5;

    private static final double MEMORY_SENT_SHARE = 0.85;
    private static final long DOWNTIME_MILLIS_DEFAULT = 300;
    private static final int ROUNDS_MAX = 30;

    static CopyPlan of(HostedVm vm, StartMigration order, long nowEpochMillis) {
        double limit = order.getBandwidthLimitBytesPerSecond() / 1000.0;
        double bandwidth = limit > 0 ? Math.min(limit, BYTES_PER_MILLI) : BYTES_PER_MILLI;
        var spec = vm.files().spec();
        double busyCpus = vm.cpuDemand(nowEpochMillis) * spec.getCpuCount();
        double dirty = Math.min(busyCpus * DIRTIED_PER_BUSY_CPU_MILLI, bandwidth * DIRTY_SHARE_MAX);
        long downtime = order.getDowntimeLimitMs() > 0 ? order.getDowntimeLimitMs() : DOWNTIME_MILLIS_DEFAULT;
        List<MigrationRound> rounds = new ArrayList<>();
        double send = spec.getMemoryBytes() * MEMORY_SENT_SHARE;
        for (int number = 1; number <= ROUNDS_MAX; number++) {
            double millis = send / bandwidth;
            double left = dirty * millis;
            rounds.add(MigrationRound.newBuilder()
                    .setNumber(number)
                    .setSentBytes((long) send)
                    .setRemainingBytes((long) left)
                    .setDirtyRateBytesPerSecond((long) (dirty * 1000))
                    .setDurationMs((long) millis)
                    .build());
            if (left / bandwidth <= downtime) {
                break;
            }
            send = left;
        }
        return new CopyPlan(List.copyOf(rounds), bandwidth);
    }

    double totalMillis() {
        return rounds.stream().mapToLong(MigrationRound::getDurationMs).sum();
    }

    MigrationStatus status(long elapsedMillis, boolean converged) {
        long sent = rounds.stream().mapToLong(MigrationRound::getSentBytes).sum();
        MigrationStatus.Builder status = MigrationStatus.newBuilder()
                .setBandwidthBytesPerSecond((long) (bytesPerMilli * 1000))
                .setElapsedMs(elapsedMillis)
                .setConverged(converged);
        if (converged) {
            return status.addAllRounds(rounds)
                    .setSentBytes(sent)
                    .setRemainingBytes(rounds.getLast().getRemainingBytes())
                    .build();
        }
        long so = (long) Math.min(elapsedMillis * bytesPerMilli, sent);
        return status.addRounds(rounds.getFirst())
                .setSentBytes(so)
                .setRemainingBytes(Math.max(0, rounds.getFirst().getSentBytes() - so))
                .build();
    }
}
