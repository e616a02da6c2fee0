create table account (
    user_name text not null,
    password_hash text not null,
    role text not null,
    create_time timestamptz not null,
    password_time timestamptz not null,
    constraint account_pkey primary key (user_name)
);

create table session (
    id text not null,
    token_hash text not null,
    user_name text not null,
    role text not null,
    create_time timestamptz not null,
    last_use_time timestamptz not null,
    constraint session_pkey primary key (id),
    constraint session_token_unique unique (token_hash)
);

create index session_by_user on session (user_name);

create table enrolment_token (
    id text not null,
    secret_hash text not null,
    host_id text not null,
    created_by text not null,
    create_time timestamptz not null,
    expire_time timestamptz not null,
    constraint enrolment_token_pkey primary key (id)
);

create index enrolment_token_by_host on enrolment_token (host_id);

create table host_certificate (
    serial text not null,
    host_id text not null,
    not_before_time timestamptz not null,
    not_after_time timestamptz not null,
    revoke_time timestamptz,
    constraint host_certificate_pkey primary key (serial)
);

create index host_certificate_by_host on host_certificate (host_id);
