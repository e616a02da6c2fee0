package dev.sternpost.server.api;

import com.linecorp.armeria.server.Server;
import dev.sternpost.proto.session.v1.SessionServiceGrpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds a server that is never opened, on a thread of its own while the database starts. All it leaves behind are loaded
 * classes, about a third of those the API needs; without it they would be loaded after the database, one after the other.
 */
public final class Preload {
    private static final Logger log = LoggerFactory.getLogger(Preload.class);

    private Preload() {}

    /** Begins; nobody needs to wait for it. */
    public static void begin() {
        Thread.ofPlatform().daemon().name("preload").start(Preload::build);
    }

    // Wide on purpose: whatever fails here fails again, and is told, when the real server is built.
    private static void build() {
        try {
            Server.builder()
                    .https(0)
                    .tlsSelfSigned()
                    .service(ApiServer.grpc(ApiSettings.of("127.0.0.1", 0))
                            .addService(new SessionServiceGrpc.SessionServiceImplBase() {})
                            .build())
                    .build()
                    .close();
        } catch (RuntimeException | LinkageError e) {
            log.debug("preloading failed", e);
        }
    }
}
