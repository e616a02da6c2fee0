package dev.sternpost.db.task;

import dev.sternpost.db.json.Json;
import dev.sternpost.task.Creation;
import dev.sternpost.task.Task;
import dev.sternpost.task.TaskDraft;
import dev.sternpost.task.TaskId;
import dev.sternpost.task.TaskQuery;
import dev.sternpost.task.TaskSummary;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of {@code task}. */
final class TaskRows {
    private static final String SELECT = """
            select number, kind, subject_id, subject_name, user_name, request_id, request_digest, input, claims,
                create_time, cancel_requested, runner, epoch, log_length, summary
            from task""";

    private final JdbcTemplate jdbc;

    TaskRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    TaskId nextId() {
        return jdbc.query("select nextval('task_number')", (row, index) -> new TaskId(row.getLong(1)))
                .getFirst();
    }

    /** Empty when the same request was accepted in the meantime. */
    Optional<Task> insert(TaskId id, TaskDraft draft, TaskSummary summary, String runner) {
        return jdbc
                .query(
                        """
                        insert into task (number, kind, subject_id, subject_name, user_name, request_id,
                            request_digest, input, claims, create_time, cancel_requested, runner, epoch, log_length,
                            ended, summary)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, clock_timestamp(), false, ?, 1, 0, false, ?::jsonb)
                        on conflict (user_name, kind, request_id) where request_id <> '' do nothing
                        returning create_time""",
                        (row, index) -> new Task(
                                id,
                                draft,
                                summary,
                                row.getObject(1, OffsetDateTime.class).toInstant(),
                                false,
                                runner,
                                1,
                                0),
                        id.number(),
                        draft.kind(),
                        draft.subjectId(),
                        draft.subjectName(),
                        draft.userName(),
                        draft.requestId(),
                        draft.requestDigest(),
                        draft.input(),
                        draft.claims().toArray(String[]::new),
                        runner,
                        Json.write(summary))
                .stream()
                .findFirst();
    }

    /**
     * Stores a task under the next number; empty when the same request was accepted before. For tasks that claim nothing, in one
     * statement.
     */
    Optional<Task> insert(TaskDraft draft, TaskSummary summary, String runner) {
        return jdbc
                .query(
                        """
                        insert into task (number, kind, subject_id, subject_name, user_name, request_id,
                            request_digest, input, claims, create_time, cancel_requested, runner, epoch, log_length,
                            ended, summary)
                        values (nextval('task_number'), ?, ?, ?, ?, ?, ?, ?, '{}', clock_timestamp(), false, ?, 1, 0,
                            false, ?::jsonb)
                        on conflict (user_name, kind, request_id) where request_id <> '' do nothing
                        returning number, create_time""",
                        (row, index) -> new Task(
                                new TaskId(row.getLong(1)),
                                draft,
                                summary,
                                row.getObject(2, OffsetDateTime.class).toInstant(),
                                false,
                                runner,
                                1,
                                0),
                        draft.kind(),
                        draft.subjectId(),
                        draft.subjectName(),
                        draft.userName(),
                        draft.requestId(),
                        draft.requestDigest(),
                        draft.input(),
                        runner,
                        Json.write(summary))
                .stream()
                .findFirst();
    }

    /**
     * The same for many tasks, in one statement; by the place of its draft. One that was accepted before, or comes a second time, is left
     * out.
     */
    Map<Integer, Task> insert(List<TaskDraft> drafts, TaskSummary summary, String runner) {
        Map<Integer, Task> made = new HashMap<>();
        jdbc.query(
                """
                with given as materialized (
                    select nextval('task_number') as number, draft.*
                    from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[]) with ordinality
                        as draft (kind, subject_id, subject_name, user_name, request_id, request_digest, input, place)
                    order by place
                ), made as (
                    insert into task (number, kind, subject_id, subject_name, user_name, request_id, request_digest, input,
                        claims, create_time, cancel_requested, runner, epoch, log_length, ended, summary)
                    select number, kind, subject_id, subject_name, user_name, request_id, request_digest, input, '{}',
                        clock_timestamp(), false, ?, 1, 0, false, ?::jsonb
                    from given
                    order by place
                    on conflict (user_name, kind, request_id) where request_id <> '' do nothing
                    returning number, create_time
                )
                select given.place, made.number, made.create_time from made join given using (number)""",
                row -> {
                    int place = row.getInt(1) - 1;
                    made.put(
                            place,
                            new Task(
                                    new TaskId(row.getLong(2)),
                                    drafts.get(place),
                                    summary,
                                    row.getObject(3, OffsetDateTime.class).toInstant(),
                                    false,
                                    runner,
                                    1,
                                    0));
                },
                texts(drafts, TaskDraft::kind),
                texts(drafts, TaskDraft::subjectId),
                texts(drafts, TaskDraft::subjectName),
                texts(drafts, TaskDraft::userName),
                texts(drafts, TaskDraft::requestId),
                texts(drafts, TaskDraft::requestDigest),
                texts(drafts, TaskDraft::input),
                runner,
                Json.write(summary));
        return made;
    }

    private static Object texts(List<TaskDraft> drafts, Function<TaskDraft, String> column) {
        return drafts.stream().map(column).toArray(String[]::new);
    }

    /**
     * Adds records to the log of a task and replaces its summary, and gives up its claims when it ends, in one statement: empty, and
     * nothing done, when the task is driven under another epoch, has ended, or its runner's lease has run out.
     */
    Optional<Task> append(TaskId id, long epoch, LogColumns log, TaskSummary summary) {
        boolean ended = summary.state().isEnd();
        return jdbc
                .query(
                        """
                        with moved as (
                            update task
                            set summary = ?::jsonb, ended = ?, log_length = log_length + ?
                            where number = ? and epoch = ? and not ended and exists (
                                select 1 from task_lease
                                where task_lease.runner = task.runner and expire_time > clock_timestamp())
                            returning number, kind, subject_id, subject_name, user_name, request_id, request_digest,
                                input, claims, create_time, cancel_requested, runner, epoch, log_length
                        ), logged as (
                            insert into task_log (task_number, index, time, kind, step, output, detail, result_id,
                                answered, fault)
                            select moved.number, moved.log_length - ? + log.n - 1, log.time::timestamptz, log.kind,
                                log.step, log.output, log.detail, log.result_id, log.answered, log.fault::jsonb
                            from moved
                            cross join unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                                ?::boolean[], ?::text[]) with ordinality
                                as log (time, kind, step, output, detail, result_id, answered, fault, n)
                        ), given_up as (
                            delete from task_claim where ? and task_number in (select number from moved)
                        )
                        select * from moved""",
                        (row, index) -> task(row, summary),
                        Json.write(summary),
                        ended,
                        log.count(),
                        id.number(),
                        epoch,
                        log.count(),
                        log.times(),
                        log.kinds(),
                        log.steps(),
                        log.outputs(),
                        log.details(),
                        log.resultIds(),
                        log.answered(),
                        log.faults(),
                        ended)
                .stream()
                .findFirst();
    }

    /**
     * The same for many tasks, in one statement; whether a cancel of each was asked for. Those that are left out were not touched, for one
     * of the reasons above.
     */
    Map<TaskId, Boolean> append(TaskColumns columns) {
        LogColumns log = columns.log();
        Map<TaskId, Boolean> cancelled = new HashMap<>();
        jdbc.query(
                """
                with given as (
                    select * from unnest(?::bigint[], ?::bigint[], ?::text[], ?::boolean[], ?::integer[])
                        as given (number, epoch, summary, ended, records)
                ), moved as (
                    update task
                    set summary = given.summary::jsonb, ended = given.ended, log_length = log_length + given.records
                    from given
                    where task.number = given.number and task.epoch = given.epoch and not task.ended and exists (
                        select 1 from task_lease
                        where task_lease.runner = task.runner and expire_time > clock_timestamp())
                    returning task.number, task.cancel_requested, task.ended, task.log_length - given.records as begin
                ), logged as (
                    insert into task_log (task_number, index, time, kind, step, output, detail, result_id, answered,
                        fault)
                    select moved.number, moved.begin + log.place, log.time::timestamptz, log.kind, log.step,
                        log.output, log.detail, log.result_id, log.answered, log.fault::jsonb
                    from moved
                    join unnest(?::bigint[], ?::integer[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                        ?::text[], ?::boolean[], ?::text[])
                        as log (number, place, time, kind, step, output, detail, result_id, answered, fault)
                    on log.number = moved.number
                ), given_up as (
                    delete from task_claim where task_number in (select number from moved where ended)
                )
                select number, cancel_requested from moved""",
                row -> {
                    cancelled.put(new TaskId(row.getLong(1)), row.getBoolean(2));
                },
                columns.numbers(),
                columns.epochs(),
                columns.summaries(),
                columns.ended(),
                columns.counts(),
                columns.owners(),
                columns.places(),
                log.times(),
                log.kinds(),
                log.steps(),
                log.outputs(),
                log.details(),
                log.resultIds(),
                log.answered(),
                log.faults());
        return cancelled;
    }

    /** What moves with the task: summary, cancel flag, driver, epoch, length of the log. */
    void update(Task task) {
        jdbc.update(
                """
                update task
                set summary = ?::jsonb, ended = ?, cancel_requested = ?, runner = ?, epoch = ?, log_length = ?
                where number = ?""",
                Json.write(task.summary()),
                task.state().isEnd(),
                task.cancelRequested(),
                task.runner(),
                task.epoch(),
                task.logLength(),
                task.id().number());
    }

    /** The task as it is once everybody who was changing it is done; nobody else changes it until the end. */
    Optional<Task> lock(TaskId id) {
        return query(" where number = ? for update", id.number()).stream().findFirst();
    }

    Optional<Task> find(TaskId id) {
        return query(" where number = ?", id.number()).stream().findFirst();
    }

    Optional<Task> findByRequest(String userName, String kind, String requestId) {
        if (requestId.isEmpty()) {
            return Optional.empty();
        }
        return query(
                        " where user_name = ? and kind = ? and request_id = ? and request_id <> ''",
                        userName,
                        kind,
                        requestId)
                .stream()
                .findFirst();
    }

    /** What became of the same request before. */
    Optional<Creation> earlier(TaskDraft draft) {
        return findByRequest(draft.userName(), draft.kind(), draft.requestId())
                .map(task -> task.draft().requestDigest().equals(draft.requestDigest())
                        ? new Creation.Existing(task)
                        : new Creation.RequestIdReused(task.id()));
    }

    List<Task> findAll(Collection<TaskId> ids) {
        Long[] numbers = ids.stream().map(TaskId::number).toArray(Long[]::new);
        return query(" where number = any (?) order by number", (Object) numbers);
    }

    List<Task> list(TaskQuery query) {
        StringBuilder where = new StringBuilder(" where number < ?");
        List<Object> parameters = new ArrayList<>();
        TaskId before = query.before();
        parameters.add(before == null ? Long.MAX_VALUE : before.number());
        String subjectId = query.subjectId();
        if (subjectId != null) {
            where.append(" and subject_id = ?");
            parameters.add(subjectId);
        }
        if (query.activeOnly()) {
            where.append(" and not ended");
        }
        where.append(" order by number desc limit ?");
        parameters.add(query.limit());
        return query(where.toString(), parameters.toArray());
    }

    List<Task> unfinished(long after, int limit) {
        return query(" where number > ? and not ended order by number limit ?", after, limit);
    }

    private List<Task> query(String where, Object... parameters) {
        return jdbc.query(SELECT + where, (row, index) -> task(row), parameters);
    }

    private static Task task(ResultSet row) throws SQLException {
        return task(row, Json.read(row.getString("summary"), TaskSummary.class));
    }

    private static Task task(ResultSet row, TaskSummary summary) throws SQLException {
        TaskDraft draft = new TaskDraft(
                row.getString("kind"),
                row.getString("subject_id"),
                row.getString("subject_name"),
                row.getString("user_name"),
                row.getString("request_id"),
                row.getString("request_digest"),
                row.getString("input"),
                Set.of((String[]) row.getArray("claims").getArray()));
        return new Task(
                new TaskId(row.getLong("number")),
                draft,
                summary,
                row.getObject("create_time", OffsetDateTime.class).toInstant(),
                row.getBoolean("cancel_requested"),
                row.getString("runner"),
                row.getLong("epoch"),
                row.getInt("log_length"));
    }
}
