/* eve tap: stands between Alice and Bob as a relay, passes everything on, and writes it down. */
#include "eve/cli/commands.h"
#include "eve/wire/record.h"

#include "common/shell/host/status.h"
#include "common/shell/net/relay.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

struct tap {
    struct arguments *arguments;
    struct record *record;
    bool warned;
};

/* A disk that is full is no reason to disturb those who talk. */
static void check(struct tap *tap) {
    if (!tap->warned && record_error(tap->record)) {
        tap->warned = true;
        screen_error(&tap->arguments->screen, "%s: %s; the relay goes on", tap->arguments->write,
                     strerror(-record_error(tap->record)));
    }
}

static uint8_t *buffer(void *user, size_t *np) {
    const struct tap *tap = user;
    *np = RECORD_READ;
    return record_buffer(tap->record);
}

static void *opened(void *user, const struct sockaddr *alice, const struct sockaddr *bob) {
    struct tap *tap = user;
    char text[2][ADDRESS_TEXT];
    address_text(text[0], alice);
    address_text(text[1], bob);
    screen_line(&tap->arguments->screen, SCREEN_PLAIN, "%s -> %s", text[0], text[1]);
    return record_open(tap->record, alice, bob);
}

static void bytes(void *user, void *connection, int direction, const uint8_t *p, size_t n) {
    record_bytes(connection, direction, p, n);
    check(user);
}

static void ended(void *user, void *connection, int direction) {
    record_end(connection, direction);
    check(user);
}

static void reset(void *user, void *connection, int direction) {
    record_reset(connection, direction);
    check(user);
}

static void closed(void *user, void *connection) {
    (void)user;
    record_release(connection);
}

int tap_run(struct arguments *a) {
    static const struct relay_ops ops = {buffer, opened, bytes, ended, reset, closed};
    struct tap tap = {.arguments = a};
    struct relay_config config = {.once = a->once, .ops = &ops, .user = &tap};
    if (!a->to || !a->write) {
        screen_error(&a->screen, "--to HOST:PORT (Bob's address) and --write FILE.pcap are needed");
        return STATUS_USAGE;
    }
    if (address_parse(&config.listen, a->listen ? a->listen : "::", "::") < 0 ||
        address_parse(&config.to, a->to, "::1") < 0) {
        screen_error(&a->screen, "--listen and --to take HOST:PORT");
        return STATUS_USAGE;
    }
    FILE *file = fopen(a->write, "wbe");
    if (!file) {
        screen_error(&a->screen, "%s: %s", a->write, strerror(errno));
        return STATUS_IO;
    }
    int error = record_new(&tap.record, file);
    if (error) {
        screen_error(&a->screen, "%s: %s", a->write, strerror(-error));
        return error == -ENOMEM ? STATUS_INTERNAL : STATUS_IO;
    }
    int status = relay_run(&config, &a->screen);
    error = record_close(tap.record);
    if (error && !tap.warned)
        screen_error(&a->screen, "%s: %s", a->write, strerror(-error));
    return status == STATUS_OK && error ? STATUS_IO : status;
}
