create sequence task_number;

create table task (
    number bigint not null,
    kind text not null,
    subject_id text not null,
    subject_name text not null,
    user_name text not null,
    request_id text not null,
    request_digest text not null,
    input text not null,
    claims text[] not null,
    create_time timestamptz not null,
    cancel_requested boolean not null,
    runner text not null,
    epoch bigint not null,
    log_length integer not null,
    ended boolean not null,
    summary jsonb not null,
    constraint task_pkey primary key (number),
    constraint task_epoch_check check (epoch >= 1)
);

create unique index task_request_unique on task (user_name, kind, request_id) where request_id <> '';
create index task_by_subject on task (subject_id, number);
create index task_unfinished on task (number) where not ended;

-- Append only.
create table task_log (
    task_number bigint not null,
    index integer not null,
    time timestamptz not null,
    kind text not null,
    step text not null,
    output text not null,
    detail text not null,
    result_id text not null,
    answered boolean not null,
    fault jsonb,
    constraint task_log_pkey primary key (task_number, index),
    constraint task_log_task_fkey foreign key (task_number) references task (number)
);

-- What no two unfinished tasks may hold.
create table task_claim (
    claim text not null,
    task_number bigint not null,
    constraint task_claim_pkey primary key (claim)
);

create index task_claim_by_task on task_claim (task_number);

-- Who may drive tasks, until when by this database's clock.
create table task_lease (
    runner text not null,
    term bigint not null,
    expire_time timestamptz not null,
    constraint task_lease_pkey primary key (runner)
);
