package dev.sternpost.server.api;

import dev.sternpost.inventory.Accelerator;
import dev.sternpost.inventory.GuestMachines;
import dev.sternpost.proto.agent.v1.CpuFacts;
import dev.sternpost.proto.agent.v1.EnrolRequest;
import dev.sternpost.proto.agent.v1.EnrolResponse;
import dev.sternpost.proto.agent.v1.EnrolmentServiceGrpc;
import dev.sternpost.server.certificate.Enrolment;
import dev.sternpost.server.host.HostAdmin;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;

/** Lets new agents in. */
final class EnrolmentEndpoint extends EnrolmentServiceGrpc.EnrolmentServiceImplBase {
    private final Enrolment enrolment;
    private final HostAdmin admin;
    private final HostStreams streams;
    private final AgentLinkAddress address;

    EnrolmentEndpoint(Enrolment enrolment, HostAdmin admin, HostStreams streams, AgentLinkAddress address) {
        this.enrolment = enrolment;
        this.admin = admin;
        this.streams = streams;
        this.address = address;
    }

    @Override
    public void enrol(EnrolRequest request, StreamObserver<EnrolResponse> answer) {
        CpuFacts cpu = request.getCpu();
        Enrolment.Enrolled enrolled = enrolment.enrol(
                request.getToken(),
                request.getCertificateSigningRequestPem(),
                cpu.getAccelerator().equals("kvm") ? Accelerator.KVM : Accelerator.TCG,
                new GuestMachines(List.of(), Map.of(), cpu.getFeaturesList(), cpu.getVendor()));
        // Whoever was this host until now is not any more.
        streams.cut(enrolled.host().id());
        admin.enrolled(enrolled.host().id());
        Answers.one(
                answer,
                EnrolResponse.newBuilder()
                        .setHostId(enrolled.host().id().value())
                        .setHostName(enrolled.host().name())
                        .setCertificatePem(enrolled.certificatePem())
                        .setCaCertificatePem(enrolled.authorityPem())
                        .setAgentLinkAddress(address.text().get())
                        .build());
    }
}
