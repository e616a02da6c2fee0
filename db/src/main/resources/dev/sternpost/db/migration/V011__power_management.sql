-- How power is managed: a record for each cluster and each host that was set up. Passwords in them are encrypted by the server.
create table cluster_power (
    cluster_id text not null,
    body jsonb not null,
    constraint cluster_power_pkey primary key (cluster_id)
);

create table host_power (
    host_id text not null,
    body jsonb not null,
    constraint host_power_pkey primary key (host_id)
);
