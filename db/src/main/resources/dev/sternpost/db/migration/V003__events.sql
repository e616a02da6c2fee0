create table event (
    sequence bigint not null,
    time timestamptz not null,
    type text not null,
    severity text not null,
    subject_id text,
    subject_name text not null,
    host_id text,
    user_name text not null,
    task_id text not null,
    message text not null,
    constraint event_pkey primary key (sequence)
);

create index event_by_subject on event (subject_id, sequence) where subject_id is not null;
create index event_by_host on event (host_id, sequence) where host_id is not null;
create index event_by_task on event (task_id, sequence) where task_id <> '';
