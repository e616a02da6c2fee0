package dev.sternpost.server;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A start that fails by a fault tells that fault, not where in the program it was found. Named in META-INF/spring.factories. */
final class StartFaults extends AbstractFailureAnalyzer<FaultException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, FaultException cause) {
        Fault fault = cause.fault();
        String seen = fault.context().isEmpty() ? cause.getMessage() : fault.context();
        return new FailureAnalysis(seen, fault.message(), cause);
    }
}
