package dev.sternpost.server.api;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.ObjectKind;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.statistics.v1.CounterRollup;
import dev.sternpost.proto.statistics.v1.CounterSeries;
import dev.sternpost.proto.statistics.v1.CounterValue;
import dev.sternpost.proto.statistics.v1.ListCountersRequest;
import dev.sternpost.proto.statistics.v1.ListCountersResponse;
import dev.sternpost.proto.statistics.v1.ListLatestStatisticsRequest;
import dev.sternpost.proto.statistics.v1.ListLatestStatisticsResponse;
import dev.sternpost.proto.statistics.v1.ObjectStatistics;
import dev.sternpost.proto.statistics.v1.QueryStatisticsRequest;
import dev.sternpost.proto.statistics.v1.QueryStatisticsResponse;
import dev.sternpost.proto.statistics.v1.StatisticsInterval;
import dev.sternpost.proto.statistics.v1.StatisticsPoint;
import dev.sternpost.proto.statistics.v1.StatisticsServiceGrpc;
import dev.sternpost.server.statistics.Counter;
import dev.sternpost.server.statistics.Sample;
import dev.sternpost.server.statistics.Statistics;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Reads what hosts and VMs use. */
final class StatisticsEndpoint extends StatisticsServiceGrpc.StatisticsServiceImplBase {
    private final Inventory inventory;
    private final Statistics statistics;
    private final ObjectPages pages;

    StatisticsEndpoint(Inventory inventory, Statistics statistics, ObjectPages pages) {
        this.inventory = inventory;
        this.statistics = statistics;
        this.pages = pages;
    }

    @Override
    public void listCounters(ListCountersRequest request, StreamObserver<ListCountersResponse> answer) {
        ListCountersResponse.Builder response = ListCountersResponse.newBuilder();
        Arrays.stream(Counter.values())
                .sorted(Comparator.comparing(Counter::counterName))
                .forEach(counter -> response.addCounters(message(counter)));
        Answers.one(answer, response.build());
    }

    @Override
    public void queryStatistics(QueryStatisticsRequest request, StreamObserver<QueryStatisticsResponse> answer) {
        requireRealTime(request.getInterval());
        ManagedObject object = inventory.snapshot().resolve(request.getObject(), type(request.getKind()));
        List<Counter> counters = counters(object.id().kind(), request.getCountersList());
        long from = request.hasStartTime() ? millis(request.getStartTime()) : Long.MIN_VALUE;
        long to = request.hasEndTime() ? millis(request.getEndTime()) : Long.MAX_VALUE;
        if (from > to) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "The range ends before it begins. Swap start_time and end_time.");
        }
        List<Sample> samples = statistics.between(object.id(), from, to);
        QueryStatisticsResponse.Builder response =
                QueryStatisticsResponse.newBuilder().setObjectId(object.id().value());
        counters.forEach(counter -> response.addSeries(series(counter, samples)));
        Answers.one(answer, response.build());
    }

    @Override
    public void listLatestStatistics(
            ListLatestStatisticsRequest request, StreamObserver<ListLatestStatisticsResponse> answer) {
        Class<? extends ManagedObject> type = type(request.getKind());
        if (type == ManagedObject.class) {
            throw noStatistics();
        }
        ObjectKind kind = type == Host.class ? ObjectKind.HOST : ObjectKind.VIRTUAL_MACHINE;
        List<Counter> counters = counters(kind, request.getCountersList());
        var query = new ObjectPages.Query(
                "ListLatestStatistics " + kind,
                request.getPageSize(),
                request.getPageToken(),
                request.getParent(),
                false);
        var page =
                pages.page(query, type, object -> statistics.latest(object.id()).isPresent());
        ListLatestStatisticsResponse.Builder response =
                ListLatestStatisticsResponse.newBuilder().setNextPageToken(page.nextToken());
        for (ManagedObject object : page.objects()) {
            statistics.latest(object.id()).ifPresent(sample -> response.addObjects(latest(object, sample, counters)));
        }
        Answers.one(answer, response.build());
    }

    /** What is asked for; anything when the request does not say. */
    private static Class<? extends ManagedObject> type(dev.sternpost.proto.inventory.v1.ObjectKind kind) {
        return switch (kind) {
            case OBJECT_KIND_VIRTUAL_MACHINE -> VirtualMachine.class;
            case OBJECT_KIND_HOST -> Host.class;
            case OBJECT_KIND_UNSPECIFIED -> ManagedObject.class;
            default -> throw noStatistics();
        };
    }

    private static FaultException noStatistics() {
        return new FaultException(
                FaultCode.REQUEST_INVALID,
                "Only hosts and virtual machines have statistics. Ask for OBJECT_KIND_VIRTUAL_MACHINE or OBJECT_KIND_HOST.");
    }

    private static void requireRealTime(StatisticsInterval interval) {
        switch (interval) {
            case STATISTICS_INTERVAL_UNSPECIFIED, STATISTICS_INTERVAL_REAL_TIME -> {}
            case UNRECOGNIZED ->
                throw new FaultException(
                        FaultCode.REQUEST_INVALID,
                        "This server does not keep statistics in such steps. Ask for STATISTICS_INTERVAL_REAL_TIME.");
        }
    }

    /** @throws FaultException REQUEST_INVALID */
    private static List<Counter> counters(ObjectKind kind, List<String> names) {
        List<Counter> all = Counter.of(kind);
        if (all.isEmpty()) {
            throw noStatistics();
        }
        return names.isEmpty() ? all : names.stream().map(Counter::named).toList();
    }

    private static CounterSeries series(Counter counter, List<Sample> samples) {
        CounterSeries.Builder series = CounterSeries.newBuilder()
                .setCounter(counter.counterName())
                .setUnit(counter.unit().word());
        for (Sample sample : samples) {
            sample.value(counter)
                    .ifPresent(value -> series.addPoints(StatisticsPoint.newBuilder()
                            .setTime(Timestamps.fromMillis(sample.endEpochMillis()))
                            .setValue(value)));
        }
        return series.build();
    }

    private static ObjectStatistics latest(ManagedObject object, Sample sample, List<Counter> counters) {
        ObjectStatistics.Builder message = ObjectStatistics.newBuilder()
                .setObjectId(object.id().value())
                .setObjectName(object.name())
                .setTime(Timestamps.fromMillis(sample.endEpochMillis()))
                .setIntervalMs(sample.intervalMillis());
        for (Counter counter : counters) {
            sample.value(counter)
                    .ifPresent(value -> message.addValues(CounterValue.newBuilder()
                            .setCounter(counter.counterName())
                            .setValue(value)));
        }
        return message.build();
    }

    private static dev.sternpost.proto.statistics.v1.Counter message(Counter counter) {
        var message = dev.sternpost.proto.statistics.v1.Counter.newBuilder()
                .setName(counter.counterName())
                .setUnit(counter.unit().word())
                .setRollup(
                        switch (counter.rollup()) {
                            case AVERAGE -> CounterRollup.COUNTER_ROLLUP_AVERAGE;
                            case SUMMATION -> CounterRollup.COUNTER_ROLLUP_SUMMATION;
                            case LATEST -> CounterRollup.COUNTER_ROLLUP_LATEST;
                        })
                .setDescription(counter.description());
        counter.kinds().stream().sorted().forEach(kind -> message.addKinds(Enums.of(kind)));
        return message.build();
    }

    private static long millis(Timestamp time) {
        if (!Timestamps.isValid(time)) {
            throw new FaultException(FaultCode.REQUEST_INVALID, "There is no such time. Give a valid timestamp.");
        }
        return Timestamps.toMillis(time);
    }
}
