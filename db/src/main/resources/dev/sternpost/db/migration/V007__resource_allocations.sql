-- Virtual machines and resource pools have allocations, clusters have load balancing and rules: the rows from before get what
-- a new object gets.
create function pg_temp.filled(kind text, object jsonb) returns jsonb language sql immutable as $$
    with normal as (
        select jsonb_build_object('reservation', 0, 'limit', 9223372036854775807, 'sharesLevel', 'NORMAL', 'customShares', 0)
            as allocation
    )
    select case kind
        when 'VIRTUAL_MACHINE' then jsonb_set(object, '{config}',
            jsonb_build_object('cpuAllocation', allocation, 'memoryAllocation', allocation) || (object -> 'config'))
        when 'RESOURCE_POOL' then
            jsonb_build_object('cpu', jsonb_build_object('amounts', allocation, 'expandable', true),
                'memory', jsonb_build_object('amounts', allocation, 'expandable', true)) || object
        when 'CLUSTER' then
            jsonb_build_object(
                'drs', '{"enabled": true, "automation": "PARTIALLY_AUTOMATED", "threshold": 3, "intervalSeconds": 60, "overrides": []}'::jsonb,
                'rules', '{"vmGroups": [], "hostGroups": [], "vmRules": [], "vmHostRules": []}'::jsonb) || object
        else object
    end
    from normal
$$;

update managed_object set body = pg_temp.filled(kind, body)
where kind in ('VIRTUAL_MACHINE', 'RESOURCE_POOL', 'CLUSTER');

update change_log set changes = (
    select jsonb_agg(
        case when change ->> 'kind' is null then change
        else jsonb_set(change, '{object}', pg_temp.filled(change ->> 'kind', change -> 'object')) end
        order by place)
    from jsonb_array_elements(changes) with ordinality as all_changes (change, place))
where changes @? '$[*] ? (@.kind == "VIRTUAL_MACHINE" || @.kind == "RESOURCE_POOL" || @.kind == "CLUSTER")';
