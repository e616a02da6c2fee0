-- A host has a mode where it was only known whether it is in maintenance mode.
create function pg_temp.with_mode(host jsonb) returns jsonb language sql immutable as $$
    select (host - 'inMaintenance')
        || jsonb_build_object('mode', case when (host ->> 'inMaintenance')::boolean then 'MAINTENANCE' else 'NORMAL' end)
$$;

update managed_object set body = pg_temp.with_mode(body) where kind = 'HOST' and body ? 'inMaintenance';

update change_log set changes = (
    select jsonb_agg(
        case when change ->> 'kind' = 'HOST' and change -> 'object' ? 'inMaintenance'
            then jsonb_set(change, '{object}', pg_temp.with_mode(change -> 'object'))
            else change end
        order by place)
    from jsonb_array_elements(changes) with ordinality as all_changes (change, place))
where changes @? '$[*] ? (@.kind == "HOST")';
