// A page that proves itself. Layout of the 512 little-endian words of a page:
//   0 magic   1 page index   2 write counter   3 value of the counter when the body was last written
//   4 checksum of words 0..3 and the seed   5..510 body, a function of (seed, index, word 3)   511 complement of word 4
// The writer keeps every page's expected counter in a table of its own. So verification finds
//   a page that lost its last write (counter behind the table; or the table's page lost one),
//   a page that landed in the wrong place (index), a torn page (word 511), and any changed bit.
#define _GNU_SOURCE
#include "guest-load.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE_BYTES = 4096, WORDS = PAGE_BYTES / 8, BODY_FIRST = 5, BODY_LAST = WORDS - 2, TAIL = WORDS - 1 };
static const uint64_t magic_word = 0x53706f7374657267ULL;

struct page_set {
    uint64_t count;
    uint64_t seed;
    uint64_t (*page)[WORDS];
    uint32_t *expected_writes;  // wraps after 4 G writes of one page, as does the comparison
    uint64_t total_writes;
};

// Finalizer of the splitmix64 generator (Steele, Lea, Flood 2014).
static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

static uint64_t checksum(uint64_t seed, uint64_t index, uint64_t writes, uint64_t body_writes) {
    return mix(mix(mix(seed ^ magic_word) ^ index) ^ mix(writes + 1) ^ (body_writes << 32));
}

// xorshift64 (Marsaglia 2003): cheap and not compressible, so a migration has to send the page.
static uint64_t next_body_word(uint64_t state) {
    state ^= state << 13;
    state ^= state >> 7;
    return state ^ (state << 17);
}

static uint64_t body_start(uint64_t seed, uint64_t index, uint64_t body_writes) {
    return mix(checksum(seed, index, body_writes, body_writes)) | 1;
}

static void write_body(uint64_t *page, uint64_t seed, uint64_t index, uint64_t body_writes) {
    uint64_t state = body_start(seed, index, body_writes);
    for (int i = BODY_FIRST; i <= BODY_LAST; i++) {
        state = next_body_word(state);
        page[i] = state;
    }
}

static void write_frame(uint64_t *page, uint64_t seed, uint64_t index, uint64_t writes, uint64_t body_writes) {
    uint64_t sum = checksum(seed, index, writes, body_writes);
    page[0] = magic_word;
    page[1] = index;
    page[2] = writes;
    page[3] = body_writes;
    page[4] = sum;
    page[TAIL] = ~sum;
}

struct page_set *pages_create(uint64_t page_count, uint64_t seed) {
    struct page_set *set = calloc(1, sizeof *set);
    if (!set) return NULL;
    set->count = page_count;
    set->seed = seed;
    set->page = mmap(NULL, page_count * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    set->expected_writes = calloc(page_count, sizeof *set->expected_writes);
    if (set->page == MAP_FAILED || !set->expected_writes) return NULL;
    for (uint64_t i = 0; i < page_count; i++) {
        write_frame(set->page[i], seed, i, 0, 0);
        write_body(set->page[i], seed, i, 0);
    }
    return set;
}

void pages_write(struct page_set *set, uint64_t index, bool whole) {
    uint64_t *page = set->page[index];
    uint32_t writes = ++set->expected_writes[index];
    uint64_t body_writes = whole ? writes : page[3];
    if (whole) write_body(page, set->seed, index, body_writes);
    write_frame(page, set->seed, index, writes, body_writes);
    set->total_writes++;
}

// NULL when the page is as it must be, else what is wrong with it.
static const char *page_fault(const struct page_set *set, uint64_t index) {
    const volatile uint64_t *page = set->page[index];
    if (page[0] != magic_word) return "not one of our pages";
    if (page[1] != index) return "a page of another place";
    if (page[4] != checksum(set->seed, index, page[2], page[3])) return "header checksum differs";
    if (page[TAIL] != ~page[4]) return "torn page";
    if (page[2] != set->expected_writes[index]) return "write counter differs: a write was lost";
    uint64_t state = body_start(set->seed, index, page[3]);
    for (int i = BODY_FIRST; i <= BODY_LAST; i++) {
        state = next_body_word(state);
        if (page[i] != state) return "body differs";
    }
    return NULL;
}

struct page_verdict pages_verify(const struct page_set *set) {
    struct page_verdict verdict = {.first_bad_reason = ""};
    for (uint64_t i = 0; i < set->count; i++) {
        const char *fault = page_fault(set, i);
        if (fault && verdict.bad_pages++ == 0) {
            verdict.first_bad_index = i;
            verdict.first_bad_reason = fault;
        }
        verdict.writes += set->page[i][2];
        verdict.digest = mix(verdict.digest ^ set->page[i][4]);
    }
    if (verdict.bad_pages == 0 && verdict.writes != set->total_writes) {
        verdict.bad_pages = 1;
        verdict.first_bad_reason = "sum of write counters differs from the writes made";
    }
    return verdict;
}

void pages_flip_bit(struct page_set *set, uint64_t index) {
    set->page[index][WORDS / 2] ^= 1ULL << 17;
}

void pages_lose_write(struct page_set *set, uint64_t index) {
    set->expected_writes[index]++;
    set->total_writes++;
}
