package dev.sternpost.server;

import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.store.Inventory;
import dev.sternpost.inventory.store.InventoryWrite;
import dev.sternpost.server.agentlink.AgentLinkServer;
import dev.sternpost.server.api.ApiServer;
import dev.sternpost.server.api.Readiness;
import dev.sternpost.server.placement.PromisesUnderWay;
import dev.sternpost.server.session.FirstAdministrator;
import dev.sternpost.server.session.Logins;
import dev.sternpost.server.work.TaskLoop;
import dev.sternpost.sso.SecretSource;
import dev.sternpost.sso.login.Accounts;
import dev.sternpost.task.TaskRunner;
import org.springframework.context.SmartLifecycle;

/**
 * The order in which the server comes up and goes down. Up: an account to log in with; tasks, whose commands wait until
 * their hosts connect; the agent link; the API, last, so that nobody finds a server that is half there. Down: the other
 * way round. A server that is killed instead loses nothing, it only leaves its clients without a word.
 */
final class ServerLifecycle implements SmartLifecycle {
    private final Inventory inventory;
    private final Access access;
    private final Work work;
    private final Ports ports;
    private final Readiness readiness;
    private volatile boolean running;

    /** How somebody gets in. */
    record Access(Accounts accounts, Logins logins, SecretSource secrets, ServerSettings settings) {}

    /** What goes on by itself. */
    record Work(PromisesUnderWay promises, TaskLoop loop, TaskRunner runner, Housekeeping housekeeping) {}

    /** Where others come in. */
    record Ports(AgentLinkServer agentLink, ApiServer api) {}

    ServerLifecycle(Inventory inventory, Access access, Work work, Ports ports, Readiness readiness) {
        this.inventory = inventory;
        this.access = access;
        this.work = work;
        this.ports = ports;
        this.readiness = readiness;
    }

    @Override
    public void start() {
        try {
            startAll();
        } catch (RuntimeException e) {
            // Half a server is none: what was opened is closed again.
            stop();
            throw e;
        }
    }

    private void startAll() {
        FirstAdministrator.ensure(
                access.accounts(), access.secrets(), access.settings().home());
        inventory.commit(InventoryWrite.builder()
                .event(EventDraft.of(EventType.SERVER_STARTED, "The server was started."))
                .build());
        Thread.ofVirtual().name("login-warm-up").start(access.logins()::warmUp);
        work.promises().renew();
        work.loop().run(work.runner());
        work.housekeeping().start();
        ports.agentLink().start();
        ports.api().start();
        running = true;
        readiness.set(true);
    }

    @Override
    public void stop() {
        readiness.set(false);
        running = false;
        ports.api().close();
        ports.agentLink().close();
        work.housekeeping().close();
        work.runner().close();
        work.loop().close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
