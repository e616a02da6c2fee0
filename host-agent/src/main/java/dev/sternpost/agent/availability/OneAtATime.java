package dev.sternpost.agent.availability;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work on threads of its own, of which no two do the same at a time: the machine asks again for what was not answered, and storage that hangs
 * must not gather a thread for each time. What is left out is asked for again.
 */
final class OneAtATime {
    private static final Logger log = LoggerFactory.getLogger(OneAtATime.class);

    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    /**
     * Begins it, unless the same is under way.
     *
     * @param what names it, and its thread
     */
    void start(String what, Runnable work) {
        if (!underWay.add(what)) {
            return;
        }
        // Platform threads: storage that hangs pins a virtual thread's carrier, of which there are no more than
        // processors.
        Thread.ofPlatform().daemon().name("availability-" + what).start(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                // The thread's edge; what had to be answered was.
                log.error("a deed of high availability failed", e);
            } finally {
                underWay.remove(what);
            }
        });
    }
}
