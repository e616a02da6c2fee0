// A counter with timestamps, one line a tick, to the serial console or over UDP; or by the probe to its own port.
// A receiver sees the guest's pauses as holes between arrivals and lost lines as holes in the sequence.
#define _GNU_SOURCE
#include "guest-load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct ticker {
    int output;
    uint64_t sequence;
    uint64_t lost;
    uint64_t count_limit;  // 0: none
    int64_t interval_nanos;
    bool stop;
};

size_t format_tick(char line[96], uint64_t sequence) {
    return (size_t)snprintf(line, 96, "t %llu %lld %lld\n", (unsigned long long)sequence, (long long)monotonic_nanos(),
                            (long long)realtime_nanos());
}

static int open_udp(const char *target) {
    char host[64];
    const char *colon = strrchr(target, ':');
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (!colon || (size_t)(colon - target) >= sizeof host) usage_error("--to udp:HOST:PORT, not udp:%s", target);
    snprintf(host, sizeof host, "%.*s", (int)(colon - target), target);
    long port = strtol(colon + 1, NULL, 10);
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1 || port < 1 || port > 65535)
        usage_error("--to udp:HOST:PORT wants an IPv4 address and a port, not %s", target);
    address.sin_port = htons((uint16_t)port);
    int output = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    if (output < 0 || setsockopt(output, SOL_SOCKET, SO_BROADCAST, &on, sizeof on) != 0 ||
        connect(output, (struct sockaddr *)&address, sizeof address) != 0)
        die("cannot send to %s: %s", target, strerror(errno));
    return output;
}

static int open_output(const char *target) {
    if (strncmp(target, "udp:", 4) == 0) return open_udp(target + 4);
    if (strcmp(target, "serial") != 0) usage_error("--to is serial, udp:HOST:PORT or port, not %s", target);
    int output = open("/dev/ttyS0", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (output < 0 || write(output, "\n", 1) != 1)  // the first tick must not stand behind a shell's prompt
        die("cannot write to the serial port /dev/ttyS0: %s", strerror(errno));
    return output;
}

static void answer(const char *request, char *reply, void *context) {
    struct ticker *ticker = context;
    if (strcmp(request, "stop") == 0) ticker->stop = true;
    else if (strcmp(request, "status") != 0) {
        snprintf(reply, REPLY_BYTES_MAX, "{\"ok\":false,\"error\":\"a ticker does not understand %.20s\"}", request);
        return;
    }
    snprintf(reply, REPLY_BYTES_MAX, "{\"ok\":true,\"kind\":\"tick\",\"pid\":%d,\"intervalMs\":%lld,\"sequence\":%llu,\"lost\":%llu}",
             getpid(), (long long)(ticker->interval_nanos / NANOS_PER_MILLI), (unsigned long long)ticker->sequence,
             (unsigned long long)ticker->lost);
}

// Never waits: a line that a full or unreachable output does not take is lost.
static void send_tick(struct ticker *ticker) {
    char line[96];
    size_t length = format_tick(line, ++ticker->sequence);
    ssize_t taken = write(ticker->output, line, length);
    // "refused" is about an earlier datagram, for which nobody listened; this one was not tried
    if (taken < 0 && errno == ECONNREFUSED) taken = write(ticker->output, line, length);
    if (taken != (ssize_t)length) ticker->lost++;
}

static void run_loop(struct ticker *ticker, int listener) {
    int64_t next = monotonic_nanos();
    while (!ticker->stop && !stop_requested()) {
        send_tick(ticker);
        if (ticker->sequence == ticker->count_limit) return;
        next += ticker->interval_nanos;
        int64_t now = monotonic_nanos();
        if (next < now) next = now;  // no burst after a pause
        do {
            struct timespec wait = {.tv_sec = (next - now) / NANOS_PER_SECOND, .tv_nsec = (next - now) % NANOS_PER_SECOND};
            struct pollfd waiting = {.fd = listener, .events = POLLIN};
            if (ppoll(&waiting, 1, &wait, NULL) > 0) control_serve(listener, answer, ticker);
            now = monotonic_nanos();
        } while (now < next && !ticker->stop && !stop_requested());
    }
}

// The virtio-serial port has one owner, the probe; it is asked to tick.
static int tick_through_probe(int64_t interval_millis, uint64_t count) {
    char request[64], reply[REPLY_BYTES_MAX];
    snprintf(request, sizeof request, "start %lld", (long long)interval_millis);
    if (count) usage_error("--count does not go with --to port; end it with: guest-load stop --name probe");
    if (control_ask("probe", request, reply) != 0) die("the probe does not answer: %s", strerror(errno));
    puts(reply);
    return strstr(reply, "\"ok\":true") ? 0 : EXIT_FAILED;
}

int run_tick(struct words *words) {
    const char *name = option_text(words, "--name", "tick");
    const char *target = option_text(words, "--to", NULL);
    int64_t interval_millis = (int64_t)option_number(words, "--interval-ms", 10, 1, 60000);
    struct ticker ticker = {
        .count_limit = option_number(words, "--count", 0, 0, UINT64_MAX),
        .interval_nanos = interval_millis * NANOS_PER_MILLI,
    };
    options_done(words);
    if (!target) usage_error("tick needs --to serial, udp:HOST:PORT or port");
    if (strcmp(target, "port") == 0) return tick_through_probe(interval_millis, ticker.count_limit);
    ticker.output = open_output(target);
    int listener = control_listen(name);
    report_started();
    run_loop(&ticker, listener);
    control_close(listener, name);
    return 0;
}
