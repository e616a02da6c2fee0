-- The inventory tree. The body is the whole object as the server reads it; the columns repeat what the database itself
-- has to look at.
create table managed_object (
    id text not null,
    kind text not null,
    name text not null,
    parent_id text,
    uuid uuid,
    version bigint not null,
    body jsonb not null,
    constraint managed_object_pkey primary key (id),
    constraint managed_object_parent_fkey foreign key (parent_id) references managed_object (id),
    constraint managed_object_name_unique unique (parent_id, name),
    constraint managed_object_uuid_unique unique (uuid),
    constraint managed_object_version_check check (version >= 1),
    constraint managed_object_root_check check ((parent_id is null) = (id = 'group-d1'))
);

insert into managed_object (id, kind, name, parent_id, version, body)
values ('group-d1', 'FOLDER', 'Datacenters', null, 1,
        '{"id": "group-d1", "name": "Datacenters", "parentId": null, "version": 1}');

-- Numbers of ids: never used twice, not even after a rollback.
create sequence id_number start with 1001;

-- One row. Every commit locks it, so that revisions and sequences have no gaps and their order is the order of commits.
create table commit_counter (
    single_row boolean not null default true,
    revision bigint not null,
    event_sequence bigint not null,
    audit_sequence bigint not null,
    constraint commit_counter_pkey primary key (single_row),
    constraint commit_counter_single_row_check check (single_row)
);

insert into commit_counter (revision, event_sequence, audit_sequence) values (1, 0, 0);
