package dev.sternpost.sso.login;

import dev.sternpost.inventory.fault.Fault;
import dev.sternpost.inventory.fault.FaultCode;
import dev.sternpost.inventory.fault.FaultException;
import dev.sternpost.sso.Account;
import dev.sternpost.sso.IdentityStore;
import dev.sternpost.sso.UserName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks user names and passwords. Somebody who guesses learns nothing but "refused": an unknown name takes as long and
 * gives the same answer as a wrong password.
 */
public final class PasswordLogin {
    /** Longer than any password; keeps the work of hashing bounded. */
    static final int PASSWORD_CHARS_MAX = 512;

    /** Slow hashes at once; with more, logins would take the processors and the heap from everybody else. */
    private static final int HASHES_AT_ONCE = 2;

    /** Of these for who has not logged in from there before: strangers do not take the last turn. */
    private static final int STRANGERS_AT_ONCE = HASHES_AT_ONCE - 1;

    private static final Duration TURN_MAX = Duration.ofSeconds(10);

    private final IdentityStore store;
    private final PasswordHash hash;
    private final InstantSource time;
    private final LoginBrake brake = new LoginBrake();
    private final Semaphore turns = new Semaphore(HASHES_AT_ONCE, true);
    private final Semaphore strangers = new Semaphore(STRANGERS_AT_ONCE, true);

    /** Made when it is first needed, then for good: a start should not wait for a slow hash. */
    private @Nullable String nobodysHash;

    public PasswordLogin(IdentityStore store, PasswordHash hash, InstantSource time) {
        this.store = store;
        this.hash = hash;
        this.time = time;
    }

    /** Does what the first login would have to wait for, whoever logs in. */
    public void warmUp() {
        nobodysHash();
    }

    private synchronized String nobodysHash() {
        String made = nobodysHash;
        if (made == null) {
            made = hash.hash("a password that nobody has".toCharArray());
            nobodysHash = made;
        }
        return made;
    }

    /**
     * The account whose name and password were given.
     *
     * @param source address the caller comes from; failures are counted for it
     * @throws FaultException LOGIN_REFUSED, LOGIN_THROTTLED while the name is locked for the address, OVERLOADED
     */
    public Account login(String userName, char[] password, String source) {
        String name = brakeName(userName);
        refuseWhileLocked(name, source);
        if (brake.isKnown(name, source)) {
            return inTurn(turns, () -> checkUnlessLocked(userName, name, password, source));
        }
        return inTurn(strangers, () -> inTurn(turns, () -> checkUnlessLocked(userName, name, password, source)));
    }

    /** Looked at again once it is our turn, so that many tries at once do not slip past the brake. */
    private Account checkUnlessLocked(String userName, String name, char[] password, String source) {
        refuseWhileLocked(name, source);
        return check(userName, name, password, source);
    }

    private Account check(String userName, String name, char[] password, String source) {
        Optional<Account> account = UserName.parse(userName).flatMap(store::account);
        // Asked for in every case, so that a known name is not quicker when it is the first.
        String otherwise = nobodysHash();
        boolean right = password.length <= PASSWORD_CHARS_MAX
                && hash.matches(password, account.map(Account::passwordHash).orElse(otherwise));
        if (right && account.isPresent()) {
            brake.succeeded(name, source);
            return account.get();
        }
        boolean nowLocked = brake.failed(name, source, time.instant());
        throw new FaultException(new Fault(
                FaultCode.LOGIN_REFUSED,
                "User name or password is wrong. Check both and try again.",
                nowLocked ? "locked for " + LoginBrake.LOCK.toSeconds() + " s" : "",
                null));
    }

    private void refuseWhileLocked(String name, String source) {
        Duration left = brake.lockedFor(name, source, time.instant());
        if (left.isPositive()) {
            throw new FaultException(
                    FaultCode.LOGIN_THROTTLED,
                    "Too many failed logins for this user name or from your address. Try again in %d s."
                            .formatted(left.toSeconds() + 1));
        }
    }

    private static <T> T inTurn(Semaphore turns, Supplier<T> work) {
        if (!isTaken(turns)) {
            throw new FaultException(FaultCode.OVERLOADED, "Too many logins at once. Try again in a few seconds.");
        }
        try {
            return work.get();
        } finally {
            turns.release();
        }
    }

    private static boolean isTaken(Semaphore turns) {
        try {
            return turns.tryAcquire(TURN_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What cannot be a name still gets a brake of its own, cut so that nobody fills the memory with it. */
    private static String brakeName(String userName) {
        String lower = userName.strip().toLowerCase(Locale.ROOT);
        return lower.substring(0, Math.min(lower.length(), 64));
    }
}
