package dev.sternpost.server.api;

import dev.sternpost.drs.DrsPlan;
import dev.sternpost.drs.explain.VmExplanation;
import dev.sternpost.drs.recommendation.Recommendation;
import dev.sternpost.drs.whatif.Change;
import dev.sternpost.inventory.Cluster;
import dev.sternpost.inventory.Host;
import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.InventorySnapshot;
import dev.sternpost.inventory.VirtualMachine;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.drs.v1.ApplyRecommendationsRequest;
import dev.sternpost.proto.drs.v1.ApplyRecommendationsResponse;
import dev.sternpost.proto.drs.v1.AskWhatIfRequest;
import dev.sternpost.proto.drs.v1.AskWhatIfResponse;
import dev.sternpost.proto.drs.v1.DismissRecommendationsRequest;
import dev.sternpost.proto.drs.v1.DismissRecommendationsResponse;
import dev.sternpost.proto.drs.v1.DrsServiceGrpc;
import dev.sternpost.proto.drs.v1.ExplainVirtualMachineRequest;
import dev.sternpost.proto.drs.v1.ExplainVirtualMachineResponse;
import dev.sternpost.proto.drs.v1.GetDrsPassRequest;
import dev.sternpost.proto.drs.v1.GetDrsPassResponse;
import dev.sternpost.proto.drs.v1.GetDrsScoreRequest;
import dev.sternpost.proto.drs.v1.GetDrsScoreResponse;
import dev.sternpost.proto.drs.v1.ListDrsPassesRequest;
import dev.sternpost.proto.drs.v1.ListDrsPassesResponse;
import dev.sternpost.proto.drs.v1.ListRecommendationsRequest;
import dev.sternpost.proto.drs.v1.ListRecommendationsResponse;
import dev.sternpost.proto.drs.v1.ReplayDrsPassRequest;
import dev.sternpost.proto.drs.v1.ReplayDrsPassResponse;
import dev.sternpost.proto.drs.v1.RunDrsPassRequest;
import dev.sternpost.proto.drs.v1.RunDrsPassResponse;
import dev.sternpost.proto.drs.v1.VmSize;
import dev.sternpost.server.drs.LoadBalancing;
import dev.sternpost.server.drs.Pass;
import dev.sternpost.server.virtualmachine.VirtualMachines;
import dev.sternpost.server.work.Tasks;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Load balancing: what it recommends, does and did, and why. */
final class DrsEndpoint extends DrsServiceGrpc.DrsServiceImplBase {
    private static final int PASSES_DEFAULT = 20;

    private final Inventory inventory;
    private final LoadBalancing balancing;
    private final Tasks tasks;

    DrsEndpoint(Inventory inventory, LoadBalancing balancing, Tasks tasks) {
        this.inventory = inventory;
        this.balancing = balancing;
        this.tasks = tasks;
    }

    private DrsMessages messages() {
        return new DrsMessages(inventory.snapshot());
    }

    @Override
    public void listRecommendations(
            ListRecommendationsRequest request, StreamObserver<ListRecommendationsResponse> answer) {
        Optional<Pass> pass = balancing.lastPass(request.getCluster());
        var response = ListRecommendationsResponse.newBuilder();
        pass.ifPresent(last -> response.setPass(DrsMessages.pass(last.stored()))
                .addAllRecommendations(messages().advice(last.advice())));
        Answers.one(answer, response.build());
    }

    @Override
    public void applyRecommendations(
            ApplyRecommendationsRequest request, StreamObserver<ApplyRecommendationsResponse> answer) {
        Pass pass =
                balancing.apply(Caller.current().userName(), request.getCluster(), Set.copyOf(request.getIdsList()));
        var response = ApplyRecommendationsResponse.newBuilder()
                .addAllRecommendations(messages().advice(pass.advice()));
        pass.advice().stream()
                .flatMap(advice -> advice.taskIds().values().stream())
                .sorted()
                .forEach(id -> response.addTasks(TaskMessages.of(tasks.get(id))));
        Answers.one(answer, response.build());
    }

    @Override
    public void dismissRecommendations(
            DismissRecommendationsRequest request, StreamObserver<DismissRecommendationsResponse> answer) {
        balancing.dismiss(Set.copyOf(request.getIdsList()));
        Answers.one(answer, DismissRecommendationsResponse.getDefaultInstance());
    }

    @Override
    public void runDrsPass(RunDrsPassRequest request, StreamObserver<RunDrsPassResponse> answer) {
        Pass pass = balancing.run(Caller.current().userName(), request.getCluster());
        Answers.one(
                answer,
                RunDrsPassResponse.newBuilder()
                        .setPass(DrsMessages.pass(pass.stored()))
                        .addAllRecommendations(messages().advice(pass.advice()))
                        .build());
    }

    @Override
    public void listDrsPasses(ListDrsPassesRequest request, StreamObserver<ListDrsPassesResponse> answer) {
        var response = ListDrsPassesResponse.newBuilder();
        balancing
                .passes(
                        request.getCluster(),
                        request.getBefore(),
                        PageToken.size(request.getPageSize(), PASSES_DEFAULT))
                .forEach(pass -> response.addPasses(DrsMessages.pass(pass)));
        Answers.one(answer, response.build());
    }

    @Override
    public void getDrsPass(GetDrsPassRequest request, StreamObserver<GetDrsPassResponse> answer) {
        LoadBalancing.KeptPass pass = balancing.pass(request.getPass());
        Answers.one(
                answer,
                GetDrsPassResponse.newBuilder()
                        .setPass(DrsMessages.pass(pass.stored()))
                        .setPlan(messages().plan(pass.content().plan()))
                        .setInput(request.getWithInput() ? pass.content().inputText() : "")
                        .build());
    }

    @Override
    public void explainVirtualMachine(
            ExplainVirtualMachineRequest request, StreamObserver<ExplainVirtualMachineResponse> answer) {
        LoadBalancing.Explained explained = balancing.explain(request.getVm(), request.getPass());
        VmExplanation explanation = explained.explanation();
        InventorySnapshot snapshot = inventory.snapshot();
        DrsMessages messages = new DrsMessages(snapshot);
        HostId hostId = explanation.hostId();
        var response = ExplainVirtualMachineResponse.newBuilder()
                .setPass(DrsMessages.pass(explained.stored()))
                .setScore(messages.score(explanation.score()))
                .setHostId(hostId.value())
                .setHostName(snapshot.find(hostId).map(Host::name).orElse(hostId.value()))
                .addAllRules(explanation.rules())
                .setCost(explanation.cost())
                .addAllStays(explanation.stays());
        explanation
                .hosts()
                .forEach(view -> response.addHosts(messages.target(view.hostId(), view.gain(), view.reasons())));
        Recommendation recommendation = explanation.recommendation();
        if (recommendation != null) {
            response.setRecommendation(messages.recommendation(recommendation, Map.of()));
        }
        Answers.one(answer, response.build());
    }

    @Override
    public void replayDrsPass(ReplayDrsPassRequest request, StreamObserver<ReplayDrsPassResponse> answer) {
        LoadBalancing.Replayed replayed = balancing.replay(request.getPass());
        Answers.one(
                answer,
                ReplayDrsPassResponse.newBuilder()
                        .setIdentical(replayed.replay().identical())
                        .setDifference(replayed.replay().difference())
                        .setPlanBytes(replayed.planLength())
                        .build());
    }

    @Override
    public void askWhatIf(AskWhatIfRequest request, StreamObserver<AskWhatIfResponse> answer) {
        InventorySnapshot snapshot = inventory.snapshot();
        Cluster cluster = balancing.cluster(request.getCluster());
        List<Change> changes = new ArrayList<>();
        request.getRemoveHostsList()
                .forEach(host -> changes.add(
                        new Change.RemoveHost(snapshot.resolve(host, Host.class).id())));
        request.getVmSizesList().forEach(size -> changes.add(resized(snapshot, size)));
        if (request.getAddHosts() != 0) {
            changes.add(added(snapshot, cluster, request.getAddHosts()));
        }
        var told = balancing.whatIf(cluster.id().value(), changes);
        DrsMessages messages = messages();
        Answers.one(
                answer,
                AskWhatIfResponse.newBuilder()
                        .setAsIs(messages.plan(told.asIs()))
                        .setChanged(messages.plan(told.changed()))
                        .build());
    }

    private static Change resized(InventorySnapshot snapshot, VmSize size) {
        VirtualMachine vm = snapshot.resolve(size.getVm(), VirtualMachine.class);
        int cpuCount = size.getCpuCount() == 0 ? vm.config().cpuCount() : size.getCpuCount();
        long memoryBytes = size.getMemoryBytes() == 0 ? vm.config().memoryBytes() : size.getMemoryBytes();
        VirtualMachines.requireSize(cpuCount, memoryBytes);
        return new Change.ResizeVm(vm.id(), cpuCount, memoryBytes);
    }

    private static Change added(InventorySnapshot snapshot, Cluster cluster, int count) {
        int most = Change.AddHostsLike.COUNT_MAX;
        if (count < 1 || count > most) {
            throw new FaultException(
                    FaultCode.REQUEST_INVALID, "add_hosts is %d; choose 1 to %d.".formatted(count, most));
        }
        HostId model = snapshot.hostsOf(cluster.id()).stream()
                .filter(host -> host.facts() != null)
                .map(Host::id)
                .findFirst()
                .orElseThrow(() -> new FaultException(
                        FaultCode.REQUEST_INVALID,
                        cluster.id().value(),
                        "%s has no host that a new one could be like. Connect one.".formatted(cluster.name())));
        return new Change.AddHostsLike(model, count);
    }

    @Override
    public void getDrsScore(GetDrsScoreRequest request, StreamObserver<GetDrsScoreResponse> answer) {
        DrsPlan plan = balancing.look(request.getCluster());
        DrsMessages messages = messages();
        Answers.one(
                answer,
                GetDrsScoreResponse.newBuilder()
                        .setBalance(messages.balance(plan.before()))
                        .addAllVmScores(messages.scores(plan.vmScores()))
                        .build());
    }
}
