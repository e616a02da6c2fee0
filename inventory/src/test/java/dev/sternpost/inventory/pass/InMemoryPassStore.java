package dev.sternpost.inventory.pass;

import dev.sternpost.inventory.ClusterId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Passes that are forgotten with the process. */
public final class InMemoryPassStore implements PassStore {
    private record Row(StoredPass pass, byte[] content) {}

    private final Kept kept;
    private final List<Row> rows = new ArrayList<>();
    private long last;

    public InMemoryPassStore() {
        this(Kept.DEFAULT);
    }

    public InMemoryPassStore(Kept kept) {
        this.kept = kept;
    }

    @Override
    public synchronized StoredPass add(StoredPass pass, byte[] content) {
        StoredPass numbered = pass.withNumber(++last);
        rows.add(new Row(numbered, content.clone()));
        long passes = 0;
        long bytes = 0;
        for (Row row : rows.reversed().stream()
                .filter(row -> row.pass().clusterId().equals(pass.clusterId()))
                .toList()) {
            passes++;
            bytes += row.content().length;
            if (passes > 1 && (passes > kept.passes() || bytes > kept.bytes())) {
                rows.remove(row);
            }
        }
        return numbered;
    }

    @Override
    public synchronized List<StoredPass> list(ClusterId clusterId, long before, int limit) {
        return rows.stream()
                .map(Row::pass)
                .filter(pass -> pass.clusterId().equals(clusterId) && pass.number() < before)
                .sorted(Comparator.comparing(StoredPass::number).reversed())
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized Optional<StoredPass> find(long number) {
        return rows.stream()
                .map(Row::pass)
                .filter(pass -> pass.number() == number)
                .findFirst();
    }

    @Override
    public synchronized Optional<byte[]> content(long number) {
        return rows.stream()
                .filter(row -> row.pass().number() == number)
                .map(row -> row.content().clone())
                .findFirst();
    }

    @Override
    public synchronized void removeAll(ClusterId clusterId) {
        rows.removeIf(row -> row.pass().clusterId().equals(clusterId));
    }
}
