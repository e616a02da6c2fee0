// The probe: the host's stopwatch inside the guest. It owns the virtio-serial port dev.sternpost.probe.0 and obeys lines:
//   start <interval_ms>   then every interval:  t <seq> <monotonic ns> <realtime ns>
//   stop
//   ping <token>          pong <token>
// It never blocks: a line the port does not take at once is lost and seen as a hole in seq. seq counts every tick of this
// process and is never set back, so a hole between arrivals without a hole in seq is a pause of the guest.
#define _GNU_SOURCE
#include "guest-load.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PORT_PATH "/dev/virtio-ports/dev.sternpost.probe.0"
enum {
    LINE_BYTES_MAX = 256,
    INTERVAL_MILLIS_MAX = 60000,
    LOOK_MILLIS = 250,        // how often to look for an absent port, or for a host that is not connected
    UNHEARD_SECONDS_MAX = 60, // ticking ends by itself when no line was taken for so long
    READS_PER_LOOK = 8,
};

struct probe {
    int port;             // -1: none
    bool host_away;
    bool mid_line;        // the last write was cut short
    char input[LINE_BYTES_MAX];
    size_t input_length;
    bool overlong;
    int64_t interval_nanos;  // 0: not ticking
    int64_t next_tick_nanos;
    int64_t next_look_nanos;
    int64_t heard_nanos;     // last time the port took a line
    uint64_t sequence;
    uint64_t lost;
};

static void close_port(struct probe *probe) {
    close(probe->port);
    probe->port = -1;
    probe->input_length = 0;
}

static void look_for_port(struct probe *probe, int64_t now) {
    probe->next_look_nanos = now + LOOK_MILLIS * NANOS_PER_MILLI;
    probe->port = open(PORT_PATH, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    probe->host_away = false;
}

static bool send_line(struct probe *probe, const char *line, size_t length) {
    if (probe->port < 0) return false;
    if (probe->mid_line && write(probe->port, "\n", 1) != 1) return false;
    probe->mid_line = false;
    ssize_t taken = write(probe->port, line, length);
    if (taken <= 0) return false;
    probe->host_away = false;
    probe->mid_line = taken != (ssize_t)length;
    return !probe->mid_line;
}

static void say(struct probe *probe, const char *word, const char *rest) {
    char line[LINE_BYTES_MAX + 16];
    int length = snprintf(line, sizeof line, "%s %s\n", word, rest);
    send_line(probe, line, (size_t)length);
}

static bool start_ticking(struct probe *probe, const char *text) {
    char *end;
    long millis = strtol(text, &end, 10);
    if (end == text || *end != '\0' || millis < 1 || millis > INTERVAL_MILLIS_MAX) return false;
    probe->interval_nanos = millis * NANOS_PER_MILLI;
    probe->next_tick_nanos = probe->heard_nanos = monotonic_nanos();
    return true;
}

static void obey(struct probe *probe, const char *line) {
    if (strncmp(line, "start ", 6) == 0) {
        if (!start_ticking(probe, line + 6)) say(probe, "error", "start wants an interval of 1 to 60000 ms");
    } else if (strcmp(line, "stop") == 0) {
        probe->interval_nanos = 0;
    } else if (strncmp(line, "ping ", 5) == 0) {
        say(probe, "pong", line + 5);
    } else if (*line != '\0') {
        say(probe, "error", "known: start <interval_ms>, stop, ping <token>");
    }
}

static void take_input(struct probe *probe, const char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n') {
            probe->input[probe->input_length] = '\0';
            if (probe->overlong) say(probe, "error", "line too long");
            else obey(probe, probe->input);
            probe->input_length = 0;
            probe->overlong = false;
        } else if (probe->input_length + 1 < LINE_BYTES_MAX) {
            if (bytes[i] != '\r') probe->input[probe->input_length++] = bytes[i];
        } else {
            probe->overlong = true;
        }
    }
}

// A port without a connected host reads as end of file and polls as hung up, for ever: it is set aside and looked at
// again later, or this loop would spin.
static void read_port(struct probe *probe, int64_t now) {
    for (int reads = 0; reads < READS_PER_LOOK && probe->port >= 0; reads++) {
        char bytes[LINE_BYTES_MAX];
        ssize_t got = read(probe->port, bytes, sizeof bytes);
        if (got > 0) {
            take_input(probe, bytes, (size_t)got);
        } else if (got == 0) {
            probe->host_away = true;
            probe->input_length = 0;  // half a line of a host that left
            probe->next_look_nanos = now + LOOK_MILLIS * NANOS_PER_MILLI;
            return;
        } else {
            if (errno != EAGAIN && errno != EINTR) close_port(probe);  // unplugged
            return;
        }
    }
}

static void tick(struct probe *probe, int64_t now) {
    char line[96];
    size_t length = format_tick(line, ++probe->sequence);
    if (send_line(probe, line, length)) probe->heard_nanos = now;
    else probe->lost++;
    probe->next_tick_nanos += probe->interval_nanos;
    if (probe->next_tick_nanos < now) probe->next_tick_nanos = now + probe->interval_nanos;  // no burst after a pause
    if (now - probe->heard_nanos > UNHEARD_SECONDS_MAX * NANOS_PER_SECOND) probe->interval_nanos = 0;
}

static void answer(const char *request, char *reply, void *context) {
    struct probe *probe = context;
    bool ok = true;
    if (strncmp(request, "start ", 6) == 0) ok = start_ticking(probe, request + 6);
    else if (strcmp(request, "stop") == 0) probe->interval_nanos = 0;
    else ok = strcmp(request, "status") == 0;
    snprintf(reply, REPLY_BYTES_MAX,
             "{\"ok\":%s,\"kind\":\"probe\",\"port\":%s,\"hostConnected\":%s,\"intervalMs\":%lld,\"sequence\":%llu,\"lost\":%llu}",
             ok ? "true" : "false", probe->port >= 0 ? "true" : "false",
             probe->port >= 0 && !probe->host_away ? "true" : "false",
             (long long)(probe->interval_nanos / NANOS_PER_MILLI), (unsigned long long)probe->sequence,
             (unsigned long long)probe->lost);
}

static int64_t wake_nanos(const struct probe *probe) {
    int64_t wake = INT64_MAX;
    if (probe->port < 0 || probe->host_away) wake = probe->next_look_nanos;
    if (probe->interval_nanos && probe->next_tick_nanos < wake) wake = probe->next_tick_nanos;
    return wake;
}

static void wait_for_work(struct probe *probe, int listener) {
    struct pollfd waiting[2] = {
        {.fd = listener, .events = POLLIN},
        {.fd = probe->host_away ? -1 : probe->port, .events = POLLIN},
    };
    int64_t wake = wake_nanos(probe), left = wake - monotonic_nanos();
    if (left < 0) left = 0;
    struct timespec wait = {.tv_sec = left / NANOS_PER_SECOND, .tv_nsec = left % NANOS_PER_SECOND};
    if (ppoll(waiting, 2, wake == INT64_MAX ? NULL : &wait, NULL) <= 0) return;
    if (waiting[0].revents) control_serve(listener, answer, probe);
    if (waiting[1].revents) read_port(probe, monotonic_nanos());
}

int run_probe(struct words *words) {
    const char *name = option_text(words, "--name", "probe");
    options_done(words);
    int listener = control_listen(name);
    // Ahead of any load in the same guest, and never paged: what it measures must be the machine, not the scheduler.
    struct sched_param first = {.sched_priority = 1};
    sched_setscheduler(0, SCHED_FIFO, &first);
    mlockall(MCL_CURRENT | MCL_FUTURE);
    struct probe probe = {.port = -1};
    report_started();
    while (!stop_requested()) {
        int64_t now = monotonic_nanos();
        if (now >= probe.next_look_nanos) {
            if (probe.port < 0) look_for_port(&probe, now);
            else if (probe.host_away) probe.host_away = false;  // the next read tells
        }
        if (probe.interval_nanos && now >= probe.next_tick_nanos) tick(&probe, now);
        wait_for_work(&probe, listener);
    }
    control_close(listener, name);
    return 0;
}
