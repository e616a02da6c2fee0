package dev.sternpost.cli.rehearsal;

import com.google.protobuf.Timestamp;
import dev.sternpost.cli.Main;
import dev.sternpost.cli.shell.Shell;
import dev.sternpost.proto.session.v1.CreateSessionRequest;
import dev.sternpost.proto.session.v1.CreateSessionResponse;
import dev.sternpost.proto.session.v1.Session;
import dev.sternpost.proto.session.v1.SessionServiceGrpc;
import dev.sternpost.proto.task.v1.Task;
import dev.sternpost.proto.task.v1.TaskServiceGrpc;
import dev.sternpost.proto.task.v1.TaskState;
import dev.sternpost.proto.task.v1.WatchTaskRequest;
import dev.sternpost.proto.task.v1.WatchTaskResponse;
import dev.sternpost.proto.virtualmachine.v1.GetVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.GetVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.ListVirtualMachinesRequest;
import dev.sternpost.proto.virtualmachine.v1.ListVirtualMachinesResponse;
import dev.sternpost.proto.virtualmachine.v1.PowerOnVirtualMachineRequest;
import dev.sternpost.proto.virtualmachine.v1.PowerOnVirtualMachineResponse;
import dev.sternpost.proto.virtualmachine.v1.PowerState;
import dev.sternpost.proto.virtualmachine.v1.VirtualDisk;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachine;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineConfig;
import dev.sternpost.proto.virtualmachine.v1.VirtualMachineServiceGrpc;
import dev.sternpost.proto.virtualmachine.v1.VirtualNic;
import io.grpc.Server;
import io.grpc.TlsServerCredentials;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;

/**
 * Gives the most usual commands against a server of its own on 127.0.0.1, so that an AOT cache recorded meanwhile holds
 * what they need: {@code java -XX:AOTCacheOutput=cli.aot -cp ... dev.sternpost.cli.rehearsal.Rehearsal}. Ends within
 * seconds, leaves nothing behind, and needs no Sternpost server.
 */
public final class Rehearsal {
    private static final String PASSWORD = "rehearsal";
    private static final int KEYTOOL_SECONDS_MAX = 60;
    private static final List<String> COMMANDS = List.of(
            "vm ls",
            "vm ls -o json",
            "vm ls -o yaml",
            "vm show web-1",
            "vm on web-1",
            "vm on web-1 --no-wait",
            "vm show nobody -o json",
            "vm --help",
            "vm create --help",
            "--version");

    private Rehearsal() {}

    /** Exit status 0 when every command ran. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("sternpost-rehearsal");
        int status = 0;
        try {
            status = rehearse(directory);
        } finally {
            for (String name :
                    List.of("key.p12", "ca.pem", "password", "cli/session.json", "cli/context.json", "cli", "")) {
                Files.deleteIfExists(directory.resolve(name));
            }
        }
        System.exit(status);
    }

    private static int rehearse(Path directory) throws IOException, GeneralSecurityException, InterruptedException {
        Server server = serve(directory);
        try {
            // As the launcher leaves it, so that the rehearsal takes the same way.
            Path context = Files.createDirectory(directory.resolve("cli")).resolve("context.json");
            Path password = Files.writeString(directory.resolve("password"), PASSWORD);
            Files.writeString(context, """
                    {"server": "127.0.0.1:%d", "caFile": "%s", "user": "administrator", "passwordFile": "%s"}
                    """.formatted(server.getPort(), directory.resolve("ca.pem"), password));
            Map<String, String> environment = Map.of("STERNPOST_HOME", directory.toString());
            PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
            Shell shell = new Shell(nowhere, nowhere, InputStream.nullInputStream(), environment, false);
            int worst = 0;
            for (String command : COMMANDS) {
                int status = Main.run(shell, command.split(" "));
                boolean expected = status == 0 || command.contains("nobody");
                worst = expected ? worst : 1;
            }
            Shell.ofProcess().out().println("rehearsed %d commands".formatted(COMMANDS.size()));
            return worst;
        } finally {
            server.shutdownNow();
        }
    }

    private static Server serve(Path directory) throws IOException, GeneralSecurityException, InterruptedException {
        KeyManagerFactory keys = makeKey(directory);
        return OkHttpServerBuilder.forPort(
                        new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0),
                        TlsServerCredentials.newBuilder()
                                .keyManager(keys.getKeyManagers())
                                .build())
                .addService(new Sessions())
                .addService(new Machines())
                .addService(new Tasks())
                .build()
                .start();
    }

    /**
     * An authority and a certificate of it, alike to the real server's: a self-signed one is taken on trust without the path
     * validation that a real one goes through. The JDK makes certificates only by its tool.
     */
    private static KeyManagerFactory makeKey(Path directory)
            throws IOException, GeneralSecurityException, InterruptedException {
        Path file = directory.resolve("key.p12");
        keytool(file, "ca", "", "bc:critical=ca:true,pathlen:0", "ku:critical=keyCertSign,cRLSign");
        keytool(
                file,
                "server",
                "ca",
                "bc:critical=ca:false",
                "ku:critical=digitalSignature",
                "eku=serverAuth",
                "san=uri:sternpost://server/rehearsal,ip:127.0.0.1");
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            all.load(in, PASSWORD.toCharArray());
        }
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(all.getCertificate("ca").getEncoded());
        Files.writeString(
                directory.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                "server",
                all.getKey("server", PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                all.getCertificateChain("server"));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(own, PASSWORD.toCharArray());
        return factory;
    }

    private static void keytool(Path file, String alias, String signer, String... extensions)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp384r1",
                "-dname",
                "CN=rehearsal " + alias,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD));
        if (!signer.isEmpty()) {
            command.addAll(List.of("-signer", signer));
        }
        for (String extension : extensions) {
            command.addAll(List.of("-ext", extension));
        }
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!keytool.waitFor(KEYTOOL_SECONDS_MAX, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            keytool.destroyForcibly();
            throw new IOException("keytool made no key");
        }
    }

    private static <A> void reply(StreamObserver<A> answer, A message) {
        answer.onNext(message);
        answer.onCompleted();
    }

    private static final class Sessions extends SessionServiceGrpc.SessionServiceImplBase {
        @Override
        public void createSession(CreateSessionRequest request, StreamObserver<CreateSessionResponse> answer) {
            Timestamp later = Timestamp.newBuilder().setSeconds(4_000_000_000L).build();
            reply(
                    answer,
                    CreateSessionResponse.newBuilder()
                            .setToken("rehearsal")
                            .setSession(Session.newBuilder()
                                    .setUserName(request.getUserName())
                                    .setExpireTime(later))
                            .build());
        }
    }

    private static final class Machines extends VirtualMachineServiceGrpc.VirtualMachineServiceImplBase {
        private static final VirtualMachine WEB = VirtualMachine.newBuilder()
                .setId("vm-1")
                .setName("web-1")
                .setPowerState(PowerState.POWER_STATE_POWERED_ON)
                .setConfig(VirtualMachineConfig.newBuilder()
                        .addDisks(VirtualDisk.getDefaultInstance())
                        .addNics(VirtualNic.getDefaultInstance()))
                .build();

        @Override
        public void listVirtualMachines(
                ListVirtualMachinesRequest request, StreamObserver<ListVirtualMachinesResponse> answer) {
            reply(answer, ListVirtualMachinesResponse.newBuilder().addVms(WEB).build());
        }

        @Override
        public void getVirtualMachine(
                GetVirtualMachineRequest request, StreamObserver<GetVirtualMachineResponse> answer) {
            if (!request.getVm().equals(WEB.getName())) {
                answer.onError(
                        io.grpc.Status.NOT_FOUND.withDescription("no such VM").asRuntimeException());
                return;
            }
            reply(answer, GetVirtualMachineResponse.newBuilder().setVm(WEB).build());
        }

        @Override
        public void powerOnVirtualMachine(
                PowerOnVirtualMachineRequest request, StreamObserver<PowerOnVirtualMachineResponse> answer) {
            reply(
                    answer,
                    PowerOnVirtualMachineResponse.newBuilder()
                            .setTask(Tasks.DONE)
                            .build());
        }
    }

    private static final class Tasks extends TaskServiceGrpc.TaskServiceImplBase {
        static final Task DONE = Task.newBuilder()
                .setId("task-1")
                .setKind("VirtualMachine.powerOn")
                .setSubjectName("web-1")
                .setState(TaskState.TASK_STATE_SUCCEEDED)
                .build();

        @Override
        public void watchTask(WatchTaskRequest request, StreamObserver<WatchTaskResponse> answer) {
            reply(answer, WatchTaskResponse.newBuilder().setTask(DONE).build());
        }
    }
}
