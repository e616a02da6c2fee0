package dev.sternpost.sdk.fake;

import dev.sternpost.proto.cluster.v1.Cluster;
import dev.sternpost.proto.cluster.v1.ClusterServiceGrpc.ClusterServiceImplBase;
import dev.sternpost.proto.cluster.v1.CreateClusterRequest;
import dev.sternpost.proto.cluster.v1.CreateClusterResponse;
import dev.sternpost.proto.cluster.v1.DeleteClusterRequest;
import dev.sternpost.proto.cluster.v1.DeleteClusterResponse;
import dev.sternpost.proto.cluster.v1.GetClusterRequest;
import dev.sternpost.proto.cluster.v1.GetClusterResponse;
import dev.sternpost.proto.cluster.v1.ListClustersRequest;
import dev.sternpost.proto.cluster.v1.ListClustersResponse;
import dev.sternpost.proto.datastore.v1.BrowseDatastoreRequest;
import dev.sternpost.proto.datastore.v1.BrowseDatastoreResponse;
import dev.sternpost.proto.datastore.v1.DatastoreFile;
import dev.sternpost.proto.datastore.v1.DatastoreServiceGrpc.DatastoreServiceImplBase;
import dev.sternpost.proto.datastore.v1.GetDatastoreRequest;
import dev.sternpost.proto.datastore.v1.GetDatastoreResponse;
import dev.sternpost.proto.datastore.v1.ListDatastoresRequest;
import dev.sternpost.proto.datastore.v1.ListDatastoresResponse;
import dev.sternpost.proto.event.v1.Event;
import dev.sternpost.proto.event.v1.EventServiceGrpc.EventServiceImplBase;
import dev.sternpost.proto.event.v1.ListEventsRequest;
import dev.sternpost.proto.event.v1.ListEventsResponse;
import dev.sternpost.proto.event.v1.WatchEventsRequest;
import dev.sternpost.proto.event.v1.WatchEventsResponse;
import dev.sternpost.proto.host.v1.AddHostRequest;
import dev.sternpost.proto.host.v1.AddHostResponse;
import dev.sternpost.proto.host.v1.CreateHostTokenRequest;
import dev.sternpost.proto.host.v1.CreateHostTokenResponse;
import dev.sternpost.proto.host.v1.GetHostRequest;
import dev.sternpost.proto.host.v1.GetHostResponse;
import dev.sternpost.proto.host.v1.HostConnectionState;
import dev.sternpost.proto.host.v1.HostServiceGrpc.HostServiceImplBase;
import dev.sternpost.proto.host.v1.ListHostsRequest;
import dev.sternpost.proto.host.v1.ListHostsResponse;
import dev.sternpost.proto.host.v1.RemoveHostRequest;
import dev.sternpost.proto.host.v1.RemoveHostResponse;
import dev.sternpost.proto.inventory.v1.ManagedObject;
import dev.sternpost.proto.inventory.v1.ObjectKind;
import dev.sternpost.proto.network.v1.GetNetworkRequest;
import dev.sternpost.proto.network.v1.GetNetworkResponse;
import dev.sternpost.proto.network.v1.ListNetworksRequest;
import dev.sternpost.proto.network.v1.ListNetworksResponse;
import dev.sternpost.proto.network.v1.NetworkServiceGrpc.NetworkServiceImplBase;
import io.grpc.BindableService;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.Function;

/** The services that mostly read. */
final class FakeListServices {
    private FakeListServices() {}

    private static <T> List<T> all(FakeDatacenter datacenter, ObjectKind kind, Function<ManagedObject, T> detail) {
        return datacenter.objects().stream()
                .filter(object -> object.getKind() == kind)
                .map(detail)
                .toList();
    }

    static BindableService hosts(FakeDatacenter datacenter) {
        return new HostServiceImplBase() {
            @Override
            public void getHost(GetHostRequest request, StreamObserver<GetHostResponse> answer) {
                FakeReply.send(
                        answer,
                        () -> GetHostResponse.newBuilder()
                                .setHost(datacenter
                                        .resolve(request.getHost(), ObjectKind.OBJECT_KIND_HOST)
                                        .getHost())
                                .build());
            }

            @Override
            public void listHosts(ListHostsRequest request, StreamObserver<ListHostsResponse> answer) {
                FakeReply.send(
                        answer,
                        () -> ListHostsResponse.newBuilder()
                                .addAllHosts(all(datacenter, ObjectKind.OBJECT_KIND_HOST, ManagedObject::getHost))
                                .build());
            }

            @Override
            public void addHost(AddHostRequest request, StreamObserver<AddHostResponse> answer) {
                FakeReply.send(answer, () -> {
                    ManagedObject parent = datacenter.resolve(request.getParent());
                    datacenter.nameMustBeFree(parent.getId(), request.getName());
                    String id = datacenter.newId("host-");
                    datacenter.put(datacenter
                            .base(id, ObjectKind.OBJECT_KIND_HOST, request.getName(), parent.getId())
                            .setHost(FakeDatacenter.host(id, request.getName())
                                    .setConnectionState(HostConnectionState.HOST_CONNECTION_STATE_DISCONNECTED)
                                    .clearRelayAddress()));
                    return AddHostResponse.newBuilder()
                            .setHost(datacenter.object(id).getHost())
                            .setToken("spt1.one-time.fingerprint")
                            .setExpireTime(datacenter.time())
                            .build();
                });
            }

            @Override
            public void createHostToken(
                    CreateHostTokenRequest request, StreamObserver<CreateHostTokenResponse> answer) {
                FakeReply.send(answer, () -> {
                    datacenter.resolve(request.getHost(), ObjectKind.OBJECT_KIND_HOST);
                    return CreateHostTokenResponse.newBuilder()
                            .setToken("spt1.another.fingerprint")
                            .setExpireTime(datacenter.time())
                            .build();
                });
            }

            @Override
            public void removeHost(RemoveHostRequest request, StreamObserver<RemoveHostResponse> answer) {
                FakeReply.send(answer, () -> {
                    ManagedObject host = datacenter.resolve(request.getHost(), ObjectKind.OBJECT_KIND_HOST);
                    boolean used = datacenter.objects().stream()
                            .anyMatch(object ->
                                    object.getVirtualMachine().getHostId().equals(host.getId()));
                    if (used) {
                        throw FakeFaults.conflict(
                                "OBJECT_NOT_EMPTY",
                                104,
                                host.getName() + " has virtual machines; move or delete them first",
                                host.getId());
                    }
                    datacenter.remove(host.getId());
                    return RemoveHostResponse.getDefaultInstance();
                });
            }
        };
    }

    static BindableService clusters(FakeDatacenter datacenter) {
        return new ClusterServiceImplBase() {
            @Override
            public void getCluster(GetClusterRequest request, StreamObserver<GetClusterResponse> answer) {
                FakeReply.send(
                        answer,
                        () -> GetClusterResponse.newBuilder()
                                .setCluster(datacenter
                                        .resolve(request.getCluster(), ObjectKind.OBJECT_KIND_CLUSTER)
                                        .getCluster())
                                .build());
            }

            @Override
            public void listClusters(ListClustersRequest request, StreamObserver<ListClustersResponse> answer) {
                FakeReply.send(
                        answer,
                        () -> ListClustersResponse.newBuilder()
                                .addAllClusters(
                                        all(datacenter, ObjectKind.OBJECT_KIND_CLUSTER, ManagedObject::getCluster))
                                .build());
            }

            @Override
            public void createCluster(CreateClusterRequest request, StreamObserver<CreateClusterResponse> answer) {
                FakeReply.send(answer, () -> {
                    ManagedObject folder = datacenter.resolve(request.getFolder(), ObjectKind.OBJECT_KIND_FOLDER);
                    datacenter.nameMustBeFree(folder.getId(), request.getName());
                    String id = datacenter.newId("domain-c");
                    ManagedObject.Builder made =
                            datacenter.base(id, ObjectKind.OBJECT_KIND_CLUSTER, request.getName(), folder.getId());
                    datacenter.put(made.setCluster(Cluster.newBuilder()
                            .setId(id)
                            .setName(request.getName())
                            .setParentId(folder.getId())
                            .setPath(made.getPath())));
                    return CreateClusterResponse.newBuilder()
                            .setCluster(datacenter.object(id).getCluster())
                            .build();
                });
            }

            @Override
            public void deleteCluster(DeleteClusterRequest request, StreamObserver<DeleteClusterResponse> answer) {
                FakeReply.send(answer, () -> {
                    datacenter.remove(datacenter
                            .resolve(request.getCluster(), ObjectKind.OBJECT_KIND_CLUSTER)
                            .getId());
                    return DeleteClusterResponse.getDefaultInstance();
                });
            }
        };
    }

    static BindableService datastores(FakeDatacenter datacenter) {
        return new DatastoreServiceImplBase() {
            @Override
            public void getDatastore(GetDatastoreRequest request, StreamObserver<GetDatastoreResponse> answer) {
                FakeReply.send(
                        answer,
                        () -> GetDatastoreResponse.newBuilder()
                                .setDatastore(datacenter
                                        .resolve(request.getDatastore(), ObjectKind.OBJECT_KIND_DATASTORE)
                                        .getDatastore())
                                .build());
            }

            @Override
            public void listDatastores(ListDatastoresRequest request, StreamObserver<ListDatastoresResponse> answer) {
                FakeReply.send(
                        answer,
                        () -> ListDatastoresResponse.newBuilder()
                                .addAllDatastores(
                                        all(datacenter, ObjectKind.OBJECT_KIND_DATASTORE, ManagedObject::getDatastore))
                                .build());
            }

            @Override
            public void browseDatastore(
                    BrowseDatastoreRequest request, StreamObserver<BrowseDatastoreResponse> answer) {
                FakeReply.send(
                        answer,
                        () -> BrowseDatastoreResponse.newBuilder()
                                .addFiles(file("linux-guest", true, 0, 0))
                                .addFiles(file("linux-guest/linux-guest.qcow2", false, 40L << 20, 30L << 20))
                                .addFiles(file("linux-guest/linux-guest.vmx", false, 812, 4096))
                                .build());
            }
        };
    }

    private static DatastoreFile file(String path, boolean directory, long size, long allocated) {
        return DatastoreFile.newBuilder()
                .setPath(path)
                .setDirectory(directory)
                .setSizeBytes(size)
                .setAllocatedBytes(allocated)
                .build();
    }

    static BindableService networks(FakeDatacenter datacenter) {
        return new NetworkServiceImplBase() {
            @Override
            public void getNetwork(GetNetworkRequest request, StreamObserver<GetNetworkResponse> answer) {
                FakeReply.send(
                        answer,
                        () -> GetNetworkResponse.newBuilder()
                                .setNetwork(datacenter
                                        .resolve(request.getNetwork(), ObjectKind.OBJECT_KIND_NETWORK)
                                        .getNetwork())
                                .build());
            }

            @Override
            public void listNetworks(ListNetworksRequest request, StreamObserver<ListNetworksResponse> answer) {
                FakeReply.send(
                        answer,
                        () -> ListNetworksResponse.newBuilder()
                                .addAllNetworks(
                                        all(datacenter, ObjectKind.OBJECT_KIND_NETWORK, ManagedObject::getNetwork))
                                .build());
            }
        };
    }

    static BindableService events(FakeDatacenter datacenter) {
        return new EventServiceImplBase() {
            @Override
            public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> answer) {
                FakeReply.send(answer, () -> {
                    List<Event> wanted = matching(datacenter, request.getSubject()).stream()
                            .filter(event -> event.getSequence() > request.getAfterSequence())
                            .toList();
                    int size = request.getPageSize() == 0 ? 50 : request.getPageSize();
                    List<Event> ordered = request.getAfterSequence() > 0 ? wanted : wanted.reversed();
                    return ListEventsResponse.newBuilder()
                            .addAllEvents(ordered.subList(0, Math.min(size, ordered.size())))
                            .build();
                });
            }

            @Override
            public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> answer) {
                ServerCallStreamObserver<WatchEventsResponse> call =
                        (ServerCallStreamObserver<WatchEventsResponse>) answer;
                long sequence = request.getAfterSequence() > 0
                        ? request.getAfterSequence()
                        : datacenter.events().size();
                try {
                    while (!call.isCancelled()) {
                        for (Event event : matching(datacenter, request.getSubject())) {
                            if (event.getSequence() > sequence) {
                                sequence = event.getSequence();
                                answer.onNext(WatchEventsResponse.newBuilder()
                                        .setEvent(event)
                                        .build());
                            }
                        }
                        datacenter.awaitChange();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    private static List<Event> matching(FakeDatacenter datacenter, String subject) {
        return datacenter.events().stream()
                .filter(event -> subject.isEmpty()
                        || event.getSubjectId().equals(subject)
                        || event.getSubjectName().equals(subject))
                .toList();
    }
}
