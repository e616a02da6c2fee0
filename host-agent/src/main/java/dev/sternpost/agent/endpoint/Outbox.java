package dev.sternpost.agent.endpoint;

import dev.sternpost.agent.engine.MigrationProgress;
import dev.sternpost.agent.operation.Outcome;
import dev.sternpost.agent.operation.OutcomeEncoder;
import dev.sternpost.agent.operation.Reporter;
import dev.sternpost.agent.operation.VmView;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import org.jspecify.annotations.Nullable;

/** Hands reports to the stream there is now; without one they are dropped, as {@link Reporter} allows. */
public final class Outbox implements Reporter, OutcomeEncoder {

    private volatile @Nullable LinkSession session;

    void attach(LinkSession current) {
        session = current;
    }

    void detach(LinkSession ended) {
        if (ended.equals(session)) {
            session = null;
        }
    }

    @Override
    public void progress(String commandId, int percent, String detail, @Nullable MigrationProgress migration) {
        LinkSession current = session;
        if (current != null && current.hasRoomForProgress()) {
            current.send(ConnectRequest.newBuilder()
                    .setCommandProgress(ReportWriter.progress(commandId, percent, detail, migration))
                    .build());
        }
    }

    @Override
    public void finished(String commandId, Outcome outcome) {
        LinkSession current = session;
        if (current != null) {
            current.send(ConnectRequest.newBuilder()
                    .setCommandResult(ReportWriter.result(commandId, outcome))
                    .build());
        }
    }

    @Override
    public void changed(VmView vm) {
        LinkSession current = session;
        if (current != null) {
            current.send(ConnectRequest.newBuilder()
                    .setVmStatus(ReportWriter.status(vm))
                    .build());
        }
    }

    @Override
    public void happened() {
        LinkSession current = session;
        if (current != null) {
            current.sendEvents();
        }
    }

    /** There are new statistics. */
    public void measured() {
        LinkSession current = session;
        if (current != null) {
            current.sendStatistics();
        }
    }

    @Override
    public byte[] encode(Outcome outcome) {
        return ReportWriter.result("", outcome).toByteArray();
    }
}
