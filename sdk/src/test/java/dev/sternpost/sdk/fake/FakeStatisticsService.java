package dev.sternpost.sdk.fake;

import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import dev.sternpost.proto.statistics.v1.Counter;
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
import dev.sternpost.proto.statistics.v1.StatisticsPoint;
import dev.sternpost.proto.statistics.v1.StatisticsServiceGrpc.StatisticsServiceImplBase;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** Figures that are made up: the same for each object, but that what is read from disks is not known at first. */
final class FakeStatisticsService extends StatisticsServiceImplBase {
    private static final int POINTS = 3;
    private static final int INTERVAL_SECONDS = 20;
    private static final String KNOWN_LATE = "disk.read.average";

    private final FakeDatacenter datacenter;

    FakeStatisticsService(FakeDatacenter datacenter) {
        this.datacenter = datacenter;
    }

    @Override
    public void listCounters(ListCountersRequest request, StreamObserver<ListCountersResponse> answer) {
        FakeReply.send(
                answer,
                () -> ListCountersResponse.newBuilder()
                        .addCounters(Counter.newBuilder()
                                .setName("cpu.ready.summation")
                                .setUnit("ms")
                                .setRollup(CounterRollup.COUNTER_ROLLUP_SUMMATION)
                                .setDescription("Time in which virtual CPUs wanted to run and did not.")
                                .addKinds(ObjectKind.OBJECT_KIND_VIRTUAL_MACHINE))
                        .addCounters(Counter.newBuilder()
                                .setName("cpu.usage.average")
                                .setUnit("percent")
                                .setRollup(CounterRollup.COUNTER_ROLLUP_AVERAGE)
                                .setDescription("CPU used, of all it has.")
                                .addKinds(ObjectKind.OBJECT_KIND_VIRTUAL_MACHINE)
                                .addKinds(ObjectKind.OBJECT_KIND_HOST))
                        .build());
    }

    @Override
    public void queryStatistics(QueryStatisticsRequest request, StreamObserver<QueryStatisticsResponse> answer) {
        FakeReply.send(answer, () -> {
            QueryStatisticsResponse.Builder response = QueryStatisticsResponse.newBuilder()
                    .setObjectId(datacenter
                            .resolve(request.getObject(), request.getKind())
                            .getId());
            request.getCountersList().forEach(counter -> response.addSeries(series(counter)));
            return response.build();
        });
    }

    @Override
    public void listLatestStatistics(
            ListLatestStatisticsRequest request, StreamObserver<ListLatestStatisticsResponse> answer) {
        FakeReply.send(answer, () -> {
            ListLatestStatisticsResponse.Builder response = ListLatestStatisticsResponse.newBuilder();
            datacenter.objects().stream()
                    .filter(object -> object.getKind() == request.getKind())
                    .forEach(object -> response.addObjects(latest(object, request.getCountersList())));
            return response.build();
        });
    }

    private static CounterSeries series(String counter) {
        CounterSeries.Builder series = CounterSeries.newBuilder().setCounter(counter);
        for (int i = counter.equals(KNOWN_LATE) ? 1 : 0; i < POINTS; i++) {
            series.addPoints(StatisticsPoint.newBuilder()
                    .setTime(time((long) i * INTERVAL_SECONDS))
                    .setValue(value(counter) + i));
        }
        return series.build();
    }

    private static ObjectStatistics latest(ManagedObject object, List<String> counters) {
        ObjectStatistics.Builder latest = ObjectStatistics.newBuilder()
                .setObjectId(object.getId())
                .setObjectName(object.getName())
                .setTime(time(0))
                .setIntervalMs(INTERVAL_SECONDS * 1000L);
        counters.stream()
                .filter(counter -> !counter.equals(KNOWN_LATE))
                .forEach(counter -> latest.addValues(
                        CounterValue.newBuilder().setCounter(counter).setValue(value(counter))));
        return latest.build();
    }

    private static double value(String counter) {
        return counter.length() * 10.5;
    }

    private static com.google.protobuf.Timestamp time(long secondsLater) {
        return FakeDatacenter.timestamp(FakeDatacenter.EPOCH.plusSeconds(secondsLater));
    }
}
