// The dirty load: writes pages of a hot set at a given rate, and answers questions about them while it runs.
// One thread does both, so a verification sees no half-made write; dirtying pauses meanwhile.
#define _GNU_SOURCE
#include "guest-load.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum {
    PAGE_BYTES = 4096,
    PAGES_PER_LOOK = 1024,     // pages written between two looks at the control socket
    CATCH_UP_MILLIS = 500,     // a load that was stopped (migration, pause) makes up for no more than this
    SLICE_MILLIS_MIN = 4,      // wake up no more often than this
    SLICE_MILLIS_MAX = 1000,
};

struct load {
    struct page_set *pages;
    uint64_t page_count;
    uint64_t bytes_per_second;  // 0: as fast as it goes
    bool random;
    bool whole;
    enum { RUNNING, PAUSED, DONE } state;
    bool stop;
    uint64_t next_index;
    uint64_t random_state;
    uint64_t pages_written;
    double credit_pages;
    int64_t credited_nanos;
    int64_t running_nanos;        // time spent in RUNNING
    int64_t running_nanos_limit;  // then DONE; 0: never
};

static uint64_t pick_index(struct load *load) {
    if (!load->random) {
        uint64_t index = load->next_index;
        load->next_index = index + 1 == load->page_count ? 0 : index + 1;
        return index;
    }
    // xorshift64*, then a multiply instead of a division to bring it into range
    uint64_t x = load->random_state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    load->random_state = x;
    return (uint64_t)(((unsigned __int128)(x * 0x2545f4914f6cdd1dULL) * load->page_count) >> 64);
}

static void describe_status(const struct load *load, char *reply) {
    static const char *const state_names[] = {"running", "paused", "done"};
    double seconds = (double)load->running_nanos / NANOS_PER_SECOND;
    double rate = seconds > 0 ? (double)load->pages_written * PAGE_BYTES / seconds : 0;
    snprintf(reply, REPLY_BYTES_MAX,
             "{\"ok\":true,\"kind\":\"dirty\",\"state\":\"%s\",\"pid\":%d,\"bytes\":%llu,\"pages\":%llu,\"pattern\":\"%s\","
             "\"write\":\"%s\",\"bytesPerSecondWanted\":%llu,\"bytesPerSecond\":%.0f,\"pagesWritten\":%llu,"
             "\"runningSeconds\":%.3f}",
             state_names[load->state], getpid(), (unsigned long long)load->page_count * PAGE_BYTES,
             (unsigned long long)load->page_count, load->random ? "random" : "cyclic", load->whole ? "page" : "touch",
             (unsigned long long)load->bytes_per_second, rate, (unsigned long long)load->pages_written, seconds);
}

static bool describe_verdict(const struct load *load, char *reply) {
    int64_t begun = monotonic_nanos();
    struct page_verdict verdict = pages_verify(load->pages);
    bool ok = verdict.bad_pages == 0;
    snprintf(reply, REPLY_BYTES_MAX,
             "{\"ok\":%s,\"kind\":\"verify\",\"pages\":%llu,\"badPages\":%llu,\"firstBadPage\":%lld,\"reason\":\"%s\","
             "\"pagesWritten\":%llu,\"digest\":\"%016llx\",\"millis\":%lld}",
             ok ? "true" : "false", (unsigned long long)load->page_count, (unsigned long long)verdict.bad_pages,
             ok ? -1LL : (long long)verdict.first_bad_index, verdict.first_bad_reason, (unsigned long long)verdict.writes,
             (unsigned long long)verdict.digest, (long long)((monotonic_nanos() - begun) / NANOS_PER_MILLI));
    return ok;
}

static void answer(const char *request, char *reply, void *context) {
    struct load *load = context;
    if (strcmp(request, "verify") == 0) {
        describe_verdict(load, reply);
        return;
    }
    if (strcmp(request, "pause") == 0 && load->state == RUNNING) load->state = PAUSED;
    else if (strcmp(request, "resume") == 0 && load->state == PAUSED) load->state = RUNNING;
    else if (strcmp(request, "stop") == 0) load->stop = true;
    else if (strcmp(request, "corrupt bit") == 0) pages_flip_bit(load->pages, load->page_count / 2);
    else if (strcmp(request, "corrupt lost-write") == 0) pages_lose_write(load->pages, load->page_count / 2);
    else if (strcmp(request, "status") != 0) {
        snprintf(reply, REPLY_BYTES_MAX, "{\"ok\":false,\"error\":\"a dirty load that is %s does not understand %.20s\"}",
                 load->state == RUNNING ? "running" : load->state == PAUSED ? "paused" : "done", request);
        return;
    }
    describe_status(load, reply);
}

// How many pages are due now. Time that passed while the load could not run is credited up to CATCH_UP_MILLIS only:
// a burst after a migration would look like a higher dirty rate.
static uint64_t pages_due(struct load *load, int64_t now) {
    int64_t passed = now - load->credited_nanos;
    load->credited_nanos = now;
    if (load->state != RUNNING) return 0;
    load->running_nanos += passed;
    if (load->bytes_per_second == 0) return PAGES_PER_LOOK;
    if (passed > CATCH_UP_MILLIS * NANOS_PER_MILLI) passed = CATCH_UP_MILLIS * NANOS_PER_MILLI;
    double per_nano = (double)load->bytes_per_second / PAGE_BYTES / NANOS_PER_SECOND;
    load->credit_pages += (double)passed * per_nano;
    double most = per_nano * CATCH_UP_MILLIS * NANOS_PER_MILLI + 1;
    if (load->credit_pages > most) load->credit_pages = most;
    uint64_t due = (uint64_t)load->credit_pages;
    return due < PAGES_PER_LOOK ? due : PAGES_PER_LOOK;
}

// Milliseconds the loop may sleep: until the next page is due, or for ever when nothing is to be written.
static int sleep_millis(const struct load *load) {
    if (load->state != RUNNING) return -1;
    if (load->bytes_per_second == 0 || load->credit_pages >= 1) return 0;
    double wait = (1 - load->credit_pages) * PAGE_BYTES * 1000 / (double)load->bytes_per_second;
    if (wait > SLICE_MILLIS_MAX) wait = SLICE_MILLIS_MAX;
    if (load->running_nanos_limit) {
        double left = (double)(load->running_nanos_limit - load->running_nanos) / NANOS_PER_MILLI;
        if (wait > left) wait = left;
    }
    return wait < SLICE_MILLIS_MIN ? SLICE_MILLIS_MIN : (int)wait;
}

static void run_loop(struct load *load, int listener, bool end_when_done) {
    load->credited_nanos = monotonic_nanos();
    while (!load->stop && !stop_requested() && !(end_when_done && load->state == DONE)) {
        uint64_t due = pages_due(load, monotonic_nanos());
        for (uint64_t i = 0; i < due; i++) pages_write(load->pages, pick_index(load), load->whole);
        load->pages_written += due;
        load->credit_pages -= load->bytes_per_second ? (double)due : 0;
        if (load->running_nanos_limit && load->state == RUNNING && load->running_nanos >= load->running_nanos_limit) {
            load->state = DONE;
            continue;
        }
        struct pollfd waiting = {.fd = listener, .events = POLLIN};
        if (poll(&waiting, 1, sleep_millis(load)) > 0) control_serve(listener, answer, load);
    }
}

static void check_memory(uint64_t bytes) {
    struct sysinfo info;
    if (sysinfo(&info) == 0 && bytes > ((uint64_t)info.freeram + info.bufferram) * info.mem_unit)
        die("%llu bytes do not fit: %llu bytes of memory are free; give a smaller --bytes or the guest more memory",
            (unsigned long long)bytes, (unsigned long long)info.freeram * info.mem_unit);
}

int run_dirty(struct words *words) {
    const char *name = option_text(words, "--name", "load");
    uint64_t bytes = option_number(words, "--bytes", 0, PAGE_BYTES, 1ULL << 42);
    uint64_t seed = option_number(words, "--seed", 1, 0, UINT64_MAX);
    const char *pattern = option_text(words, "--pattern", "random");
    const char *write = option_text(words, "--write", "touch");
    struct load load = {
        .page_count = bytes / PAGE_BYTES,
        .bytes_per_second = option_number(words, "--rate", 0, 0, 1ULL << 40),
        .random = strcmp(pattern, "random") == 0,
        .whole = strcmp(write, "page") == 0,
        .random_state = seed * 2 + 1,
        .running_nanos_limit = (int64_t)option_number(words, "--seconds", 0, 0, 1000000) * NANOS_PER_SECOND,
    };
    options_done(words);
    if (!load.random && strcmp(pattern, "cyclic") != 0) usage_error("--pattern is random or cyclic, not %s", pattern);
    if (!load.whole && strcmp(write, "touch") != 0) usage_error("--write is touch or page, not %s", write);

    int listener = control_listen(name);
    check_memory(bytes);
    load.pages = pages_create(load.page_count, seed);
    if (!load.pages) die("cannot map %llu bytes", (unsigned long long)bytes);
    bool in_background = report_started();
    run_loop(&load, listener, !in_background);
    control_close(listener, name);
    if (in_background) return 0;
    char reply[REPLY_BYTES_MAX];
    describe_status(&load, reply);
    puts(reply);
    bool ok = describe_verdict(&load, reply);
    puts(reply);
    return ok ? 0 : EXIT_FAILED;
}
