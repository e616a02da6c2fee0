-- A virtual machine may have a downtime budget and a CPU baseline of its own, a cluster a CPU baseline; the rows from before have none.
create function pg_temp.levelled(kind text, object jsonb) returns jsonb language sql immutable as $$
    select case kind
        when 'VIRTUAL_MACHINE' then
            jsonb_set(object, '{config}', '{"maxDowntimeMillis": 0, "cpuBaseline": ""}'::jsonb || (object -> 'config'))
        when 'CLUSTER' then '{"cpuBaseline": ""}'::jsonb || object
        else object
    end
$$;

update managed_object set body = pg_temp.levelled(kind, body) where kind in ('VIRTUAL_MACHINE', 'CLUSTER');

update change_log set changes = (
    select jsonb_agg(
        case when change ->> 'kind' is null then change
        else jsonb_set(change, '{object}', pg_temp.levelled(change ->> 'kind', change -> 'object')) end
        order by place)
    from jsonb_array_elements(changes) with ordinality as all_changes (change, place))
where changes @? '$[*] ? (@.kind == "VIRTUAL_MACHINE" || @.kind == "CLUSTER")';
