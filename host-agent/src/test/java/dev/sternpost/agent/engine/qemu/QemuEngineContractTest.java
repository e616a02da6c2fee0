package dev.sternpost.agent.engine.qemu;

import dev.sternpost.agent.engine.EngineContractTest;
import dev.sternpost.agent.engine.EngineHarness;
import java.nio.file.Path;

class QemuEngineContractTest extends EngineContractTest {

    @Override
    protected EngineHarness open(Path temporary) {
        return new QemuHarness(temporary);
    }
}
