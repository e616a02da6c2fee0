package dev.sternpost.inventory.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sternpost.inventory.Folder;
import dev.sternpost.inventory.FolderId;
import dev.sternpost.inventory.FolderType;
import dev.sternpost.inventory.ManagedObject;
import dev.sternpost.inventory.SampleInventory;
import dev.sternpost.inventory.event.EventDraft;
import dev.sternpost.inventory.event.EventType;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;

/** A store under test, and what its contracts share. */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class InventoryStoreFixture {
    InventoryStore store;
    Transactions transactions;
    SampleInventory sample;

    /** What is put to the test. */
    public record Stores(InventoryStore store, Transactions transactions) {}

    /** An empty store that keeps {@code deltasKept} deltas or somewhat more, and its transactions. */
    protected abstract Stores open(int deltasKept);

    /** The same store as another process would open it after this one has gone. */
    protected abstract InventoryStore reopen();

    @BeforeEach
    void begin() {
        open(open(1_000));
    }

    final void open(Stores stores) {
        store = stores.store();
        transactions = stores.transactions();
        sample = new SampleInventory();
    }

    static InventoryWrite putting(List<? extends ManagedObject> objects) {
        return InventoryWrite.builder().putAll(objects).build();
    }

    static InventoryWrite putting(ManagedObject object) {
        return putting(List.of(object));
    }

    Folder newFolder(String name) {
        return Folder.create(FolderId.of(FolderType.DATACENTER, store.nextIdNumber()), name, FolderId.ROOT);
    }

    <T extends ManagedObject> T stored(Class<T> type, ManagedObject object) {
        return type.cast(store.load().get(object.id()));
    }

    static EventDraft event(String message) {
        return EventDraft.of(EventType.SERVER_STARTED, message);
    }

    static void assertFault(FaultCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
