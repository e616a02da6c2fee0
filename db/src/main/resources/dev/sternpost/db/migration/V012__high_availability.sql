-- What the hosts of a cluster do when one of them fails is part of the cluster; off at first.
create function pg_temp.available(kind text, object jsonb) returns jsonb language sql immutable as $$
    select case
        when kind = 'CLUSTER' and not object ? 'ha' then
            jsonb_set(object, '{ha}', '{
                "state": "OFF",
                "timing": "DEFAULT",
                "admission": {
                    "kind": "HOST_FAILURES",
                    "hostFailures": 1,
                    "memoryPercent": 0,
                    "cpuPercent": 0,
                    "dedicatedHostIds": []
                },
                "isolation": "LEAVE_ON",
                "monitoring": false,
                "isolationAddresses": [],
                "vms": []
            }'::jsonb)
        else object
    end
$$;

update managed_object set body = pg_temp.available(kind, body) where kind = 'CLUSTER';

update change_log set changes = (
    select jsonb_agg(
        case when change ->> 'kind' is null then change
        else jsonb_set(change, '{object}', pg_temp.available(change ->> 'kind', change -> 'object')) end
        order by place)
    from jsonb_array_elements(changes) with ordinality as all_changes (change, place))
where changes @? '$[*] ? (@.kind == "CLUSTER")';
