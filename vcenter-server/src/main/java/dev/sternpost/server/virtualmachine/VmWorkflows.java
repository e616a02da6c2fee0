package dev.sternpost.server.virtualmachine;

import dev.sternpost.server.host.Observed;
import dev.sternpost.server.work.Reservations;
import dev.sternpost.task.Workflow;
import java.util.ArrayList;
import java.util.List;

/** All workflows of this package. */
public final class VmWorkflows {
    private VmWorkflows() {}

    public static List<Workflow> all(VmOrders orders, VmRecords records, Reservations reservations, Observed observed) {
        List<Workflow> all = new ArrayList<>();
        all.add(new CreateWorkflow(orders, records, reservations, observed).workflow());
        all.add(new RegisterWorkflow(orders, records).workflow());
        all.addAll(new PowerWorkflows(orders, records, reservations, observed).all());
        all.addAll(new ChangeWorkflows(orders, records).all());
        return List.copyOf(all);
    }
}
