package dev.sternpost.server.power;

import dev.sternpost.inventory.Host;
import dev.sternpost.server.powercontrol.PowerAnswer;
import dev.sternpost.server.powercontrol.PowerControl;
import dev.sternpost.server.powercontrol.PowerControls;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Calls to power controls, which block, on threads of their own. */
final class ControlCalls {
    private final PowerControls controls;
    private final PowerBook book;
    private final Executor threads;

    ControlCalls(PowerControls controls, PowerBook book, Executor threads) {
        this.controls = controls;
        this.book = book;
        this.threads = threads;
    }

    Optional<PowerControl> of(Host host) {
        return controls.of(host, book.of(host.id()));
    }

    CompletionStage<PowerAnswer> call(PowerControl control, Function<PowerControl, PowerAnswer> call) {
        return CompletableFuture.supplyAsync(() -> call.apply(control), threads);
    }
}
