// Shared declarations of guest-load. Errors: functions that return int give 0 on success, -1 with errno on failure,
// unless they say otherwise; die() ends the process with exit status 1 and one JSON line on stdout.
#ifndef GUEST_LOAD_H
#define GUEST_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NANOS_PER_SECOND 1000000000LL
#define NANOS_PER_MILLI 1000000LL
#define REPLY_BYTES_MAX 1024

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

// ---- guest-load.c: words of the command line and small helpers
struct words {
    int count;
    char **word;
};
// Value of "--name VALUE", or fallback when absent; a missing value is a usage error.
const char *option_text(struct words *words, const char *name, const char *fallback);
// Same for sizes and numbers; accepts the suffixes K, M, G (powers of 1024). Outside [min, max] is a usage error.
uint64_t option_number(struct words *words, const char *name, uint64_t fallback, uint64_t min, uint64_t max);
// Usage error when words are left that no option took.
void options_done(const struct words *words);
_Noreturn void usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
int64_t monotonic_nanos(void);
int64_t realtime_nanos(void);
// True once SIGTERM or SIGINT came; long loops look at it.
bool stop_requested(void);
// When the process was begun by "start": tells the waiting parent that the load runs, lets go of its output and gives true.
bool report_started(void);

// ---- control.c: one request line, one reply line, over a unix socket in /run/guest-load
// Listens as NAME; dies when a live process already does.
int control_listen(const char *name);
void control_close(int listener, const char *name);
// Answers one waiting client, if any: calls answer(request, reply, context). Never blocks longer than a second.
void control_serve(int listener, void (*answer)(const char *request, char *reply, void *context), void *context);
// Sends the request to NAME and gives its reply without the newline.
int control_ask(const char *name, const char *request, char reply[REPLY_BYTES_MAX]);

// ---- pages.c: the verifiable memory pattern
struct page_set;
// Maps and fills page_count pages of 4096 bytes; NULL with errno when memory is short.
struct page_set *pages_create(uint64_t page_count, uint64_t seed);
// Writes page `index`: its counter rises by one. whole: the body of the page changes too, else two cache lines.
void pages_write(struct page_set *set, uint64_t index, bool whole);
struct page_verdict {
    uint64_t bad_pages;
    uint64_t first_bad_index;
    const char *first_bad_reason;  // "" when all is well
    uint64_t writes;               // sum of all write counters
    uint64_t digest;               // over every page; equal contents, equal digest
};
struct page_verdict pages_verify(const struct page_set *set);
// Deliberate damage, so that a test can see that verification notices.
void pages_flip_bit(struct page_set *set, uint64_t index);
void pages_lose_write(struct page_set *set, uint64_t index);

// ---- load.c, tick.c, probe.c: the subcommands
int run_dirty(struct words *words);
int run_tick(struct words *words);
int run_probe(struct words *words);
// "t <seq> <monotonic ns> <realtime ns>\n" into line; gives its length.
size_t format_tick(char line[96], uint64_t sequence);

#endif
