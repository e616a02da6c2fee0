package dev.sternpost.db.task;

import dev.sternpost.db.json.Json;
import dev.sternpost.task.LogRecord;
import dev.sternpost.task.TaskFault;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Log records by column, as one statement takes them. */
final class LogColumns {
    private final List<LogRecord> records;

    LogColumns(List<LogRecord> records) {
        this.records = records;
    }

    int count() {
        return records.size();
    }

    Object times() {
        return texts(record -> record.time().toString());
    }

    Object kinds() {
        return texts(record -> record.kind().name());
    }

    Object steps() {
        return texts(LogRecord::step);
    }

    Object outputs() {
        return texts(record -> Json.storable(record.output()));
    }

    Object details() {
        return texts(record -> Json.storable(record.detail()));
    }

    Object resultIds() {
        return texts(LogRecord::resultId);
    }

    Object answered() {
        return records.stream().map(LogRecord::answered).toArray(Boolean[]::new);
    }

    Object faults() {
        return texts(record -> {
            TaskFault fault = record.fault();
            return fault == null ? null : Json.write(fault);
        });
    }

    private Object texts(Function<LogRecord, @Nullable String> column) {
        @Nullable String[] texts = new String[records.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = column.apply(records.get(i));
        }
        return texts;
    }
}
