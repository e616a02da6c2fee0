package dev.sternpost.agent.operation;

import dev.sternpost.inventory.fault.FaultException;

/**
 * Who keeps virtual machines of this host up: high availability, for those that are protected. Calls come in the virtual machine's turn and
 * return at once, but for {@link #permit}, which may wait some seconds for the lease.
 */
public interface Keeper {

    /** Keeps nothing up. */
    Keeper NONE = new Keeper() {
        @Override
        public Permit permit(String vmId) {
            return () -> {};
        }

        @Override
        public boolean keeps(String vmId) {
            return false;
        }

        @Override
        public void runs(String vmId, long generation) {}

        @Override
        public void left(String vmId) {}

        @Override
        public boolean ended(String vmId, long generation, String reason) {
            return false;
        }

        @Override
        public boolean off(String vmId, long generation, String reason) {
            return false;
        }
    };

    /** That a guest may be let run here, as of some moment. */
    @FunctionalInterface
    interface Permit {
        /**
         * Asks once more, just before or after the guest was let run.
         *
         * @throws FaultException HOST_ERROR when the host's lease was lost meanwhile: the guest must be stopped
         */
        void check();
    }

    /**
     * Before anything is made for a guest that is to run here.
     *
     * @throws FaultException HOST_ERROR when the virtual machine is protected and the host has no lease
     */
    Permit permit(String vmId);

    /** Whether it is protected: when it ends by itself its lock stays, and it is started again. */
    boolean keeps(String vmId);

    /** It runs here now, and the lock names this host with this generation. */
    void runs(String vmId, long generation);

    /** It was shut down because somebody wanted that, or went elsewhere; its lock is seen to. */
    void left(String vmId);

    /**
     * It ended though nobody wanted that.
     *
     * @return whether it is kept up: then its lock is not to be given up
     */
    boolean ended(String vmId, long generation, String reason);

    /**
     * It ended because somebody wanted that; its lock is about to be removed.
     *
     * @return whether the keeper goes on with that should it fail
     */
    boolean off(String vmId, long generation, String reason);
}
