-- What load balancing has learnt of the demand of each virtual machine: its usual day, as bytes that load balancing reads.
create table drs_demand (
    vm_id text not null,
    model bytea not null,
    constraint drs_demand_pkey primary key (vm_id)
);
