-- What each commit changed, for watchers that resume; the oldest rows are removed as new ones come.
create table change_log (
    revision bigint not null,
    changes jsonb not null,
    constraint change_log_pkey primary key (revision)
);
