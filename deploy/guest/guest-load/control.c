#define _GNU_SOURCE
#include "guest-load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_DIRECTORY "/run/guest-load"
enum { REQUEST_BYTES_MAX = 256, SERVER_WAIT_SECONDS = 1, CLIENT_WAIT_SECONDS = 120 };

static struct sockaddr_un address_of(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strchr(name, '/') || *name == '\0' || strlen(name) > 32) usage_error("--name must have 1 to 32 letters and no /");
    snprintf(address.sun_path, sizeof address.sun_path, SOCKET_DIRECTORY "/%s.sock", name);
    return address;
}

static void set_waits(int socket, int seconds) {
    struct timeval wait = {.tv_sec = seconds};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

static int connect_to(const char *name) {
    struct sockaddr_un address = address_of(name);
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client < 0) return -1;
    set_waits(client, CLIENT_WAIT_SECONDS);
    if (connect(client, (struct sockaddr *)&address, sizeof address) == 0) return client;
    int error = errno;
    close(client);
    errno = error;
    return -1;
}

// Reads up to a newline, the end of the stream, or `size` - 1 bytes; text ends without the newline.
static int read_line(int socket, char *text, size_t size) {
    size_t length = 0;
    while (length < size - 1) {
        ssize_t got = read(socket, text + length, size - 1 - length);
        if (got < 0) return -1;
        if (got == 0) break;
        length += (size_t)got;
        if (memchr(text, '\n', length)) break;
    }
    text[length] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    return length > 0 ? 0 : -1;
}

int control_listen(const char *name) {
    struct sockaddr_un address = address_of(name);
    mkdir(SOCKET_DIRECTORY, 0755);
    int other = connect_to(name);
    if (other >= 0) die("a load named \"%s\" already runs; stop it first or choose another --name", name);
    unlink(address.sun_path);  // left behind by a killed process
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8) != 0)
        die("cannot listen on %s: %s", address.sun_path, strerror(errno));
    return listener;
}

void control_close(int listener, const char *name) {
    struct sockaddr_un address = address_of(name);
    close(listener);
    unlink(address.sun_path);
}

void control_serve(int listener, void (*answer)(const char *, char *, void *), void *context) {
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0) return;
    set_waits(client, SERVER_WAIT_SECONDS);
    char request[REQUEST_BYTES_MAX], reply[REPLY_BYTES_MAX];
    if (read_line(client, request, sizeof request) == 0) {
        answer(request, reply, context);
        // a client that went away is its own affair; SIGPIPE is ignored
        if (write(client, reply, strlen(reply)) < 0 || write(client, "\n", 1) < 0) errno = 0;
    }
    close(client);
}

int control_ask(const char *name, const char *request, char reply[REPLY_BYTES_MAX]) {
    int server = connect_to(name);
    if (server < 0) return -1;
    int result = -1;
    if (dprintf(server, "%s\n", request) > 0) result = read_line(server, reply, REPLY_BYTES_MAX);
    close(server);
    return result;
}
