-- Who did what, and how the object was before and after. Append only.
create table audit (
    sequence bigint not null,
    time timestamptz not null,
    revision bigint not null,
    user_name text not null,
    action text not null,
    subject_id text,
    task_id text not null,
    before jsonb,
    after jsonb,
    constraint audit_pkey primary key (sequence)
);

create index audit_by_subject on audit (subject_id, sequence) where subject_id is not null;
