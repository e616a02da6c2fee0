package dev.sternpost.db;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;

/** Stands for a transaction manager that is still being set up. */
record DeferredTransactionManager(Supplier<PlatformTransactionManager> manager) implements PlatformTransactionManager {
    @Override
    public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
        return manager.get().getTransaction(definition);
    }

    @Override
    public void commit(TransactionStatus status) {
        manager.get().commit(status);
    }

    @Override
    public void rollback(TransactionStatus status) {
        manager.get().rollback(status);
    }
}
