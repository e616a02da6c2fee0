-- The whole schema, for reading. Made from a migrated server by SchemaTest; -Dgolden.update=true writes it anew.

create sequence drs_pass_number_seq start with 1;

create sequence id_number start with 1001;

create sequence task_number start with 1;

create table account (
    user_name text not null,
    password_hash text not null,
    role text not null,
    create_time timestamp with time zone not null,
    password_time timestamp with time zone not null,
    constraint account_pkey PRIMARY KEY (user_name)
);

create table audit (
    sequence bigint not null,
    "time" timestamp with time zone not null,
    revision bigint not null,
    user_name text not null,
    action text not null,
    subject_id text,
    task_id text not null,
    before jsonb,
    after jsonb,
    constraint audit_pkey PRIMARY KEY (sequence)
);
CREATE INDEX audit_by_subject ON public.audit USING btree (subject_id, sequence) WHERE (subject_id IS NOT NULL);

create table change_log (
    revision bigint not null,
    changes jsonb not null,
    constraint change_log_pkey PRIMARY KEY (revision)
);

create table cluster_availability (
    cluster_id text not null,
    version bigint not null,
    digest text not null,
    constraint cluster_availability_pkey PRIMARY KEY (cluster_id)
);

create table cluster_power (
    cluster_id text not null,
    body jsonb not null,
    constraint cluster_power_pkey PRIMARY KEY (cluster_id)
);

create table commit_counter (
    single_row boolean not null default true,
    revision bigint not null,
    event_sequence bigint not null,
    audit_sequence bigint not null,
    constraint commit_counter_pkey PRIMARY KEY (single_row),
    constraint commit_counter_single_row_check CHECK (single_row)
);

create table drs_demand (
    vm_id text not null,
    model bytea not null,
    constraint drs_demand_pkey PRIMARY KEY (vm_id)
);

create table drs_pass (
    number bigint not null,
    cluster_id text not null,
    "time" timestamp with time zone not null,
    trigger text not null,
    recommendation_count integer not null,
    score_before double precision not null,
    score_after double precision not null,
    stopped text not null,
    content bytea not null,
    constraint drs_pass_pkey PRIMARY KEY (number)
);
CREATE INDEX drs_pass_by_cluster ON public.drs_pass USING btree (cluster_id, number);

create table enrolment_token (
    id text not null,
    secret_hash text not null,
    host_id text not null,
    created_by text not null,
    create_time timestamp with time zone not null,
    expire_time timestamp with time zone not null,
    constraint enrolment_token_pkey PRIMARY KEY (id)
);
CREATE INDEX enrolment_token_by_host ON public.enrolment_token USING btree (host_id);

create table event (
    sequence bigint not null,
    "time" timestamp with time zone not null,
    type text not null,
    severity text not null,
    subject_id text,
    subject_name text not null,
    host_id text,
    user_name text not null,
    task_id text not null,
    message text not null,
    occurred timestamp with time zone,
    constraint event_pkey PRIMARY KEY (sequence)
);
CREATE INDEX event_by_host ON public.event USING btree (host_id, sequence) WHERE (host_id IS NOT NULL);
CREATE INDEX event_by_subject ON public.event USING btree (subject_id, sequence) WHERE (subject_id IS NOT NULL);
CREATE INDEX event_by_task ON public.event USING btree (task_id, sequence) WHERE (task_id <> ''::text);

create table host_certificate (
    serial text not null,
    host_id text not null,
    not_before_time timestamp with time zone not null,
    not_after_time timestamp with time zone not null,
    revoke_time timestamp with time zone,
    constraint host_certificate_pkey PRIMARY KEY (serial)
);
CREATE INDEX host_certificate_by_host ON public.host_certificate USING btree (host_id);

create table host_power (
    host_id text not null,
    body jsonb not null,
    constraint host_power_pkey PRIMARY KEY (host_id)
);

create table managed_object (
    id text not null,
    kind text not null,
    name text not null,
    parent_id text,
    uuid uuid,
    version bigint not null,
    body jsonb not null,
    constraint managed_object_pkey PRIMARY KEY (id),
    constraint managed_object_name_unique UNIQUE (parent_id, name),
    constraint managed_object_parent_fkey FOREIGN KEY (parent_id) REFERENCES managed_object(id),
    constraint managed_object_root_check CHECK (((parent_id IS NULL) = (id = 'group-d1'::text))),
    constraint managed_object_uuid_unique UNIQUE (uuid),
    constraint managed_object_version_check CHECK ((version >= 1))
);

create table session (
    id text not null,
    token_hash text not null,
    user_name text not null,
    role text not null,
    create_time timestamp with time zone not null,
    last_use_time timestamp with time zone not null,
    constraint session_pkey PRIMARY KEY (id),
    constraint session_token_unique UNIQUE (token_hash)
);
CREATE INDEX session_by_user ON public.session USING btree (user_name);

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
    create_time timestamp with time zone not null,
    cancel_requested boolean not null,
    runner text not null,
    epoch bigint not null,
    log_length integer not null,
    ended boolean not null,
    summary jsonb not null,
    constraint task_pkey PRIMARY KEY (number),
    constraint task_epoch_check CHECK ((epoch >= 1))
);
CREATE INDEX task_by_subject ON public.task USING btree (subject_id, number);
CREATE UNIQUE INDEX task_request_unique ON public.task USING btree (user_name, kind, request_id) WHERE (request_id <> ''::text);
CREATE INDEX task_unfinished ON public.task USING btree (number) WHERE (NOT ended);

create table task_claim (
    claim text not null,
    task_number bigint not null,
    constraint task_claim_pkey PRIMARY KEY (claim)
);
CREATE INDEX task_claim_by_task ON public.task_claim USING btree (task_number);

create table task_lease (
    runner text not null,
    term bigint not null,
    expire_time timestamp with time zone not null,
    constraint task_lease_pkey PRIMARY KEY (runner)
);

create table task_log (
    task_number bigint not null,
    index integer not null,
    "time" timestamp with time zone not null,
    kind text not null,
    step text not null,
    output text not null,
    detail text not null,
    result_id text not null,
    answered boolean not null,
    fault jsonb,
    constraint task_log_pkey PRIMARY KEY (task_number, index),
    constraint task_log_task_fkey FOREIGN KEY (task_number) REFERENCES task(number)
);
