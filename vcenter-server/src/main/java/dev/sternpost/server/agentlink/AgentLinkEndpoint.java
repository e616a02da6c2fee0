package dev.sternpost.server.agentlink;

import dev.sternpost.inventory.HostId;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.proto.agent.v1.AgentLinkServiceGrpc;
import dev.sternpost.proto.agent.v1.ConnectRequest;
import dev.sternpost.proto.agent.v1.ConnectResponse;
import dev.sternpost.proto.agent.v1.RenewCertificateRequest;
import dev.sternpost.proto.agent.v1.RenewCertificateResponse;
import dev.sternpost.server.certificate.HostCertificates;
import io.grpc.stub.StreamObserver;

/** The two calls of an agent. */
final class AgentLinkEndpoint extends AgentLinkServiceGrpc.AgentLinkServiceImplBase {
    private final AgentLinks links;
    private final HostCertificates certificates;
    private final Inventory inventory;

    AgentLinkEndpoint(AgentLinks links, HostCertificates certificates, Inventory inventory) {
        this.links = links;
        this.certificates = certificates;
        this.inventory = inventory;
    }

    @Override
    public StreamObserver<ConnectRequest> connect(StreamObserver<ConnectResponse> out) {
        return links.open(host(), out);
    }

    @Override
    public void renewCertificate(RenewCertificateRequest request, StreamObserver<RenewCertificateResponse> answer) {
        Peer peer = Peer.current();
        String pem = certificates.renew(peer.host(), peer.certificate(), request.getCertificateSigningRequestPem());
        answer.onNext(RenewCertificateResponse.newBuilder()
                .setCertificatePem(pem)
                .setCaCertificatePem(certificates.authorityPem())
                .build());
        answer.onCompleted();
    }

    private HostId host() {
        HostId host = Peer.current().host();
        if (inventory.snapshot().find(host).isEmpty()) {
            throw new FaultException(
                    FaultCode.OBJECT_NOT_FOUND,
                    host.value(),
                    "Host %s is not in the inventory any more. Add it again and enrol it.".formatted(host));
        }
        return host;
    }
}
