package dev.sternpost.agent.engine.simulated;

import dev.sternpost.agent.engine.EngineContractTest;
import dev.sternpost.agent.engine.EngineHarness;
import java.nio.file.Path;

class SimulatedEngineContractTest extends EngineContractTest {

    @Override
    protected EngineHarness open(Path temporary) {
        return new SimulatedHarness(temporary);
    }
}
