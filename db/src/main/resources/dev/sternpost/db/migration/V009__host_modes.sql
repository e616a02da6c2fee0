-- A host has a mode instead of being in maintenance or not.
create function pg_temp.moded(kind text, object jsonb) returns jsonb language sql immutable as $$
    select case
        when kind = 'HOST' and object ? 'inMaintenance' then
            jsonb_set(object - 'inMaintenance', '{mode}',
                case when (object ->> 'inMaintenance')::boolean then '"MAINTENANCE"'::jsonb else '"NORMAL"'::jsonb end)
        else object
    end
$$;

update managed_object set body = pg_temp.moded(kind, body) where kind = 'HOST';

update change_log set changes = (
    select jsonb_agg(
        case when change ->> 'kind' is null then change
        else jsonb_set(change, '{object}', pg_temp.moded(change ->> 'kind', change -> 'object')) end
        order by place)
    from jsonb_array_elements(changes) with ordinality as all_changes (change, place))
where changes @? '$[*] ? (@.kind == "HOST")';
