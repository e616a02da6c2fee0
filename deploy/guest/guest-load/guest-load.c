// guest-load: loads, tickers and the probe of the Sternpost test guest. See --help and ../README.md.
#define _GNU_SOURCE
#include "guest-load.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char help_text[] =
    "usage: guest-load COMMAND [OPTION...]\n"
    "\n"
    "Load and instruments of the Sternpost test guest. Every command that reports prints one line of JSON with \"ok\".\n"
    "\n"
    "  start COMMAND ...     run dirty or tick in the background; returns when it runs\n"
    "  dirty --bytes W       keep a hot set of W bytes in memory and write to its pages\n"
    "      --rate R          R bytes of pages a second; 0, the default, is as fast as it goes\n"
    "      --pattern P       random (default) or cyclic order of the pages\n"
    "      --write touch     change two cache lines of a page (default); page: rewrite all of it\n"
    "      --seconds N       stop writing after N seconds (in the background the memory stays, to be verified)\n"
    "      --seed S          of the contents and the order (default 1)\n"
    "  tick --to WHERE       lines \"t SEQ MONOTONIC_NS REALTIME_NS\" to serial (/dev/ttyS0), udp:IPV4:PORT\n"
    "                        (broadcast addresses too), or port (by the probe, until: stop --name probe)\n"
    "      --interval-ms I   from 1 to 60000 (default 10)\n"
    "      --count N         end after N lines\n"
    "  status                what the load does: state, pages written, rate\n"
    "  verify, sum           check every page (index, write counter, checksum, contents); the digest is of all pages\n"
    "  pause, resume, stop   the load; verify still works while it is paused\n"
    "  corrupt bit           damage one page so that verify must fail; or: corrupt lost-write\n"
    "  probe                 serve the virtio-serial port dev.sternpost.probe.0 (the guest's init runs this)\n"
    "  panic                 crash the kernel at once\n"
    "\n"
    "  --name NAME           tells several loads apart (default: load for dirty and the questions, tick for tick)\n"
    "  sizes take K, M, G (powers of 1024). Exit status: 0 done, 1 failed or verification failed, 2 usage.\n";

static volatile sig_atomic_t stop_signals;
static int started_pipe = -1;  // write end to the parent of a background load

static void on_stop_signal(int signal) {
    (void)signal;
    stop_signals = 1;
}

bool stop_requested(void) {
    return stop_signals != 0;
}

static int64_t clock_nanos(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * NANOS_PER_SECOND + now.tv_nsec;
}

int64_t monotonic_nanos(void) {
    return clock_nanos(CLOCK_MONOTONIC);
}

int64_t realtime_nanos(void) {
    return clock_nanos(CLOCK_REALTIME);
}

void usage_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("guest-load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("; see guest-load --help\n", stderr);
    va_end(arguments);
    exit(EXIT_USAGE);
}

void die(const char *format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    for (char *at = message; *at; at++)
        if (*at == '"' || *at == '\\' || (unsigned char)*at < ' ') *at = '\'';
    printf("{\"ok\":false,\"error\":\"%s\"}\n", message);
    exit(EXIT_FAILED);
}

static void remove_words(struct words *words, int at, int count) {
    for (int i = at; i + count < words->count; i++) words->word[i] = words->word[i + count];
    words->count -= count;
}

const char *option_text(struct words *words, const char *name, const char *fallback) {
    for (int i = 0; i < words->count; i++) {
        if (strcmp(words->word[i], name) != 0) continue;
        if (i + 1 >= words->count) usage_error("%s wants a value", name);
        const char *value = words->word[i + 1];
        remove_words(words, i, 2);
        return value;
    }
    return fallback;
}

uint64_t option_number(struct words *words, const char *name, uint64_t fallback, uint64_t min, uint64_t max) {
    const char *text = option_text(words, name, NULL);
    uint64_t value = fallback;
    if (text) {
        char *end;
        errno = 0;
        value = strtoull(text, &end, 10);
        int shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
        if (shift) end++;
        if (errno || end == text || *end || *text == '-' || value > (UINT64_MAX >> shift))
            usage_error("%s wants a number, not %s", name, text);
        value <<= shift;
    }
    if (value < min || value > max)
        usage_error("%s must be from %llu to %llu", name, (unsigned long long)min, (unsigned long long)max);
    return value;
}

void options_done(const struct words *words) {
    if (words->count > 0) usage_error("%s is not understood", words->word[0]);
}

bool report_started(void) {
    if (started_pipe < 0) return false;
    printf("{\"ok\":true,\"kind\":\"started\",\"pid\":%d}\n", getpid());
    fflush(stdout);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2 && null >= 0; fd++) dup2(null, fd);
    if (null > 2) close(null);
    bool told = write(started_pipe, "", 1) == 1;
    close(started_pipe);
    started_pipe = -1;
    return told;
}

static int run_command(struct words words);

// The child writes its one line to the same stdout. A byte on the pipe says that it runs; the end of the pipe without one,
// that it failed. So whoever started us knows which when we return.
static int run_start(struct words words) {
    int ends[2];
    if (words.count == 0 || (strcmp(words.word[0], "dirty") != 0 && strcmp(words.word[0], "tick") != 0))
        usage_error("start wants dirty or tick");
    if (pipe2(ends, O_CLOEXEC) != 0) die("pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child < 0) die("fork: %s", strerror(errno));
    if (child == 0) {
        close(ends[0]);
        setsid();
        started_pipe = ends[1];
        return run_command(words);
    }
    close(ends[1]);
    char running;
    if (read(ends[0], &running, 1) == 1) return 0;
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
}

static int run_question(struct words words, const char *request) {
    const char *name = option_text(&words, "--name", "load");
    char reply[REPLY_BYTES_MAX];
    options_done(&words);
    if (control_ask(name, request, reply) != 0)
        die("no load named %s answers (%s); begin one with: guest-load start dirty --bytes 16M", name, strerror(errno));
    puts(reply);
    return strncmp(reply, "{\"ok\":true", 10) == 0 ? 0 : EXIT_FAILED;
}

static int run_corrupt(struct words words) {
    if (words.count == 0) usage_error("corrupt wants bit or lost-write");
    char request[64];
    snprintf(request, sizeof request, "corrupt %s", words.word[0]);
    remove_words(&words, 0, 1);
    return run_question(words, request);
}

static int run_panic(void) {
    static const struct {
        const char *path, *text;
    } steps[] = {{"/proc/sys/kernel/sysrq", "1"}, {"/proc/sysrq-trigger", "c"}};
    for (int i = 0; i < 2; i++) {
        int file = open(steps[i].path, O_WRONLY | O_CLOEXEC);
        if (file < 0 || write(file, steps[i].text, 1) != 1) die("%s: %s", steps[i].path, strerror(errno));
        close(file);
    }
    die("the kernel did not crash");
}

static int run_command(struct words words) {
    const char *command = words.word[0];
    words.word++;
    words.count--;
    if (strcmp(command, "start") == 0) return run_start(words);
    if (strcmp(command, "dirty") == 0) return run_dirty(&words);
    if (strcmp(command, "tick") == 0) return run_tick(&words);
    if (strcmp(command, "probe") == 0) return run_probe(&words);
    if (strcmp(command, "corrupt") == 0) return run_corrupt(words);
    if (strcmp(command, "panic") == 0) return run_panic();
    if (strcmp(command, "sum") == 0) return run_question(words, "verify");
    static const char *const questions[] = {"status", "verify", "pause", "resume", "stop"};
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (strcmp(command, questions[i]) == 0) return run_question(words, command);
    usage_error("no command %s", command);
}

int main(int count, char **word) {
    struct sigaction stop = {.sa_handler = on_stop_signal};
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (count < 2) usage_error("a command is wanted");
    if (strcmp(word[1], "--help") == 0 || strcmp(word[1], "-h") == 0) {
        fputs(help_text, stdout);
        return 0;
    }
    return run_command((struct words){.count = count - 1, .word = word + 1});
}
