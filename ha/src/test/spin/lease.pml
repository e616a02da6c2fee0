/*
 * The lease protocol of high availability: three hosts that hold leases, virtual machines that hold locks, and time.
 * Checked: no virtual machine executes on two hosts, nor executes while another host's last writes to its disks may still come.
 *
 * FAIL, WATCHDOG, INFLIGHT and DEAD come from dev.sternpost.ha.timing.HaTiming, in ticks of the time of a write in flight, rounded against
 * us; drift is taken off DEAD. One number stands for all observers of a host: the longest time anybody can have seen its lease unmoved, whom
 * the others believe as if they had seen it themselves.
 * Pauses of any length are in it, since nothing but the fence ever has to happen; so are orders that come late, and any number of
 * coordinators. A lock is compared with what was read when the order was given: since its generation only rises, that is whether it has
 * changed since. WITHOUT_COMPARE, WITHOUT_SETTLING and WITHOUT_LEASE each take a guard away, and must be found.
 */
#ifndef DEAD
#error "the constants come from the code: see LeaseModelTest"
#endif
#ifndef VMS
#define VMS 1
#endif
#define HOSTS 3
#define NOBODY HOSTS

/* What a host does with a virtual machine. */
#define IDLE 0
#define ORDERED 1  /* told to start it; the lock is asked for some time */
#define LOCKED 2   /* the lock names it */
#define CREATED 3  /* the process is there, its CPUs stopped */
#define RUNS 4
#define DRAINS 5   /* killed; its last writes may still come */
#define LOST 6     /* gone; the lock may still name it */

typedef Host {
    bit holding;   /* what it believes of its lease; without one nothing runs */
    byte unmoved;  /* since the last good renewal began and was seen */
    byte stale;    /* ticks for which it may still be thought over, though it has renewed */
};
typedef Vm {
    byte owner;
    byte settled;         /* ticks since the lock changed */
    byte state[HOSTS];
    byte drain[HOSTS];
    bit current[HOSTS];   /* the lease has been good since the order */
    bit unchanged[HOSTS]; /* so has the lock */
};
Host host[HOSTS];
Vm vm[VMS];
hidden byte v, i, n;
hidden byte running;

#define LEASED(h) (host[h].holding && host[h].unmoved < FAIL)
#define SEEN_OVER(h) (host[h].unmoved >= DEAD || host[h].stale > 0)

/* What is known of a lock must be older than what is known of the lease of the host it names, or that host may have come back between. */
#ifdef WITHOUT_SETTLING
#define OVER(w) SEEN_OVER(vm[w].owner)
#else
#define OVER(w) (SEEN_OVER(vm[w].owner) && vm[w].settled > INFLIGHT)
#endif
#ifdef WITHOUT_COMPARE
#define COMPARES(w, h) true
#else
#define COMPARES(w, h) (vm[w].unchanged[h])
#endif
#ifdef WITHOUT_LEASE
#define UNDER_LEASE(w, h) true
#else
#define UNDER_LEASE(w, h) (vm[w].current[h] && LEASED(h))
#endif

/* Everything of a host stops; what was being locked goes on, but under another lease. */
inline stop_all(h) {
    v = 0;
    do
    :: v < VMS ->
        vm[v].current[h] = 0;
        if
        :: vm[v].state[h] == RUNS -> vm[v].state[h] = DRAINS; vm[v].drain[h] = INFLIGHT
        :: vm[v].state[h] == CREATED -> vm[v].state[h] = LOST
        :: else
        fi;
        v++
    :: else -> break
    od;
    host[h].holding = 0
}

inline forget(h) {
    v = 0;
    do
    :: v < VMS ->
        if
        :: vm[v].state[h] == ORDERED || vm[v].state[h] == LOCKED -> vm[v].state[h] = LOST; vm[v].unchanged[h] = 0
        :: else
        fi;
        v++
    :: else -> break
    od;
    v = 0
}

inline lock(w, to) {
    vm[w].owner = to; vm[w].settled = 0;
    vm[w].unchanged[0] = 0; vm[w].unchanged[1] = 0; vm[w].unchanged[2] = 0
}

inline check(w) {
    n = 0; i = 0; running = 0;
    do
    :: i < HOSTS ->
        if
        :: vm[w].state[i] == RUNS -> n++; running = 1
        :: vm[w].state[i] == DRAINS -> n++
        :: else
        fi;
        i++
    :: else -> break
    od;
    assert(!(running && n > 1))
}

inline tick() {
    i = 0;
    do
    :: i < HOSTS ->
        if
        :: host[i].unmoved < DEAD -> host[i].unmoved++
        :: else
        fi;
        if
        :: host[i].stale > 0 -> host[i].stale--
        :: else
        fi;
        v = 0;
        do
        :: v < VMS ->
            if
            :: vm[v].state[i] == DRAINS ->
                vm[v].drain[i]--;
                if
                :: vm[v].drain[i] == 0 -> vm[v].state[i] = LOST
                :: else
                fi
            :: else
            fi;
            v++
        :: else -> break
        od;
        i++
    :: else -> break
    od;
    v = 0;
    do
    :: v < VMS ->
        if
        :: vm[v].settled <= INFLIGHT -> vm[v].settled++
        :: else
        fi;
        v++
    :: else -> break
    od;
    v = 0
}

/* Time does not go on while a fence is overdue. */
#define MAY_TICK(h) (!host[h].holding || host[h].unmoved < FAIL + WATCHDOG)

#define HOST_ACTIONS(h) \
    :: d_step { (LEASED(h) || !host[h].holding) -> \
        host[h].stale = (host[h].unmoved >= DEAD -> INFLIGHT : host[h].stale); \
        host[h].holding = 1; host[h].unmoved = 0 } \
    /* the fence, any time between the end of the lease and the watchdog */ \
    :: d_step { (host[h].holding && host[h].unmoved >= FAIL) -> stop_all(h) } \
    /* power cut; it is back when it renews */ \
    :: d_step { (host[h].holding) -> stop_all(h); forget(h) }

#define VM_ACTIONS(w, h) \
    /* some coordinator has it started here */ \
    :: d_step { (LEASED(h) && vm[w].state[h] == IDLE && (vm[w].owner == NOBODY || OVER(w))) -> \
        vm[w].state[h] = ORDERED; vm[w].current[h] = 1; vm[w].unchanged[h] = 1 } \
    /* the lock, compared and set */ \
    :: d_step { (vm[w].state[h] == ORDERED) -> \
        if \
        :: COMPARES(w, h) -> lock(w, h); vm[w].state[h] = LOCKED \
        :: else -> vm[w].state[h] = IDLE; vm[w].current[h] = 0 \
        fi; \
        vm[w].unchanged[h] = 0 } \
    :: d_step { (vm[w].state[h] == LOCKED) -> vm[w].state[h] = (UNDER_LEASE(w, h) -> CREATED : LOST) } \
    :: d_step { (vm[w].state[h] == CREATED) -> vm[w].state[h] = (UNDER_LEASE(w, h) -> RUNS : LOST); check(w) } \
    /* gives back what it lost */ \
    :: d_step { (vm[w].state[h] == LOST) -> \
        if \
        :: vm[w].owner == h -> lock(w, NOBODY) \
        :: else \
        fi; \
        vm[w].state[h] = IDLE; vm[w].current[h] = 0 }

init {
    d_step {
        i = 0;
        do
        :: i < HOSTS -> host[i].holding = 1; i++
        :: else -> break
        od;
        v = 0;
        do
        :: v < VMS ->
            vm[v].owner = v; vm[v].settled = INFLIGHT + 1; vm[v].state[v] = RUNS; vm[v].current[v] = 1; v++
        :: else -> break
        od;
        v = 0
    }
    do
    :: d_step { (MAY_TICK(0) && MAY_TICK(1) && MAY_TICK(2)) -> tick() }
    HOST_ACTIONS(0)
    HOST_ACTIONS(1)
    HOST_ACTIONS(2)
    VM_ACTIONS(0, 0)
    VM_ACTIONS(0, 1)
    VM_ACTIONS(0, 2)
#if VMS > 1
    VM_ACTIONS(1, 0)
    VM_ACTIONS(1, 1)
    VM_ACTIONS(1, 2)
#endif
    od
}
