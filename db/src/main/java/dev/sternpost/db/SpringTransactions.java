package dev.sternpost.db;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.inventory.store.SharedTransactions;
import dev.sternpost.inventory.store.Transactions;
import java.util.function.Supplier;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions by Spring: bound to the thread, joined by JPA and JDBC alike. */
final class SpringTransactions implements Transactions {
    private final TransactionTemplate template;
    private final SharedTransactions shared = new SharedTransactions(this);

    SpringTransactions(PlatformTransactionManager manager) {
        template = new TransactionTemplate(manager);
    }

    @Override
    @SuppressWarnings("NullAway") // null exactly when the work's answer is
    public <T> T inTransaction(Supplier<T> work) {
        try {
            return template.execute(status -> work.get());
        } catch (CannotCreateTransactionException e) {
            throw new FaultException(
                    Fault.of(
                                    FaultCode.OVERLOADED,
                                    "The database cannot be reached now, or is too busy. Wait a little and repeat.")
                            .withContext(String.valueOf(e.getMostSpecificCause().getMessage())),
                    e);
        }
    }

    @Override
    public boolean isActive() {
        return TransactionSynchronizationManager.isActualTransactionActive();
    }

    @Override
    public void onCompletion(Completion completion) {
        if (!isActive()) {
            throw new IllegalStateException("there is no surrounding transaction");
        }
        TransactionSynchronizationManager.registerSynchronization(new Told(completion));
    }

    @Override
    public <T> T inSharedTransaction(Supplier<T> work) {
        return shared.run(work);
    }

    @Override
    public boolean isShared() {
        return shared.isOpen();
    }

    @Override
    public void beforeCommit(Runnable action) {
        shared.beforeCommit(action);
    }

    private static final class Told implements TransactionSynchronization {
        private final Completion completion;
        private boolean commitTried;

        Told(Completion completion) {
            this.completion = completion;
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            commitTried = true;
        }

        @Override
        public void afterCompletion(int status) {
            completion.ended(outcome(status));
        }

        private Outcome outcome(int status) {
            if (status == STATUS_COMMITTED) {
                return Outcome.COMMITTED;
            }
            // Spring says "rolled back" also when the connection was lost at the commit, which may have happened.
            return status == STATUS_ROLLED_BACK && !commitTried ? Outcome.ROLLED_BACK : Outcome.UNKNOWN;
        }
    }
}
