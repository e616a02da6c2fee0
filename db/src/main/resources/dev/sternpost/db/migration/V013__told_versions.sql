-- Hosts are told of high availability under a number that rises with each change, and tell of what happened while the server was away, so that an
-- event may have a time of its own.
create table cluster_availability (
    cluster_id text not null,
    version bigint not null,
    digest text not null,
    constraint cluster_availability_pkey primary key (cluster_id)
);

alter table event add column occurred timestamptz;
