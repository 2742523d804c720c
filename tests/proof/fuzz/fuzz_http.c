/* HTTP to eve serve: the server of common/shell/net/web.c as it is, on a loop of its own, and a client that sends the
 * input in pieces over a connection of loopback. The owner answers with each kind of answer there is.
 *
 * The input: one byte, how the client leaves; then pieces, two bytes for the length and the bytes. */
#include "common/shell/net/web.h"
#include "tests/proof/fuzz/fuzz.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

enum { EVENTS = 40, TURNS_MAX = 20000 };

static uv_loop_t loop;
static struct web *web;
static struct sockaddr_in at = {.sin_family = AF_INET};
static unsigned n_asked;

static const char *next(void *user, uint64_t *numberp) {
    static char text[3000];
    (void)user;
    if (*numberp > EVENTS)
        *numberp = 0;
    if (*numberp == EVENTS)
        return NULL;
    ++*numberp;
    size_t n = (size_t)*numberp * 70;
    memset(text, '0' + (int)(*numberp % 10), n);
    text[n] = 0;
    return text;
}

static void answer(void *user, const struct web_request *r, struct web_answer *a) {
    const char *texts[] = {r->path, r->query, r->host, r->origin, r->token, r->last_event_id};
    char value[40];
    struct stat info;
    (void)user;
    n_asked++;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        fuzz_touch((const uint8_t *)texts[i], strlen(texts[i]) + 1);
    REQUIRE(r->n_body <= WEB_BODY_MAX && r->body[r->n_body] == 0);
    fuzz_touch((const uint8_t *)r->body, r->n_body);
    REQUIRE(web_query(value, sizeof value, r->query, "viewer") < (int)sizeof value);
    if (strcmp(r->path, "/events") == 0)
        *a = (struct web_answer){.status = 200, .type = "text/event-stream", .kind = WEB_STREAM};
    else if (strcmp(r->path, "/list") == 0)
        *a = (struct web_answer){.status = 200, .type = "application/json", .kind = WEB_LIST, .until = EVENTS};
    else if (strcmp(r->path, "/file") == 0) {
        *a = (struct web_answer){.status = 200, .type = "text/plain", .kind = WEB_FILE};
        a->fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        REQUIRE(a->fd >= 0 && fstat(a->fd, &info) == 0);
        a->n_body = (size_t)info.st_size;
    } else if (r->post) /* copied: it may have zeros */
        *a = (struct web_answer){.status = 200, .type = "text/plain", .body = r->body, .n_body = r->n_body};
}

static void begin(void) {
    struct web_config config = {.listen = {.host = "127.0.0.1", .port = "0"}, .answer = answer, .next = next};
    char names[WEB_NAMES_MAX][ADDRESS_TEXT];
    signal(SIGPIPE, SIG_IGN); /* as eve does */
    REQUIRE(uv_loop_init(&loop) == 0);
    REQUIRE(web_new(&web, &loop, &config) == 0);
    REQUIRE(web_names(web, names) == 1 && web_is_loopback(web));
    at.sin_port = htons((uint16_t)atoi(strrchr(names[0], ':') + 1));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

static void turn(unsigned n) {
    while (n--)
        uv_run(&loop, UV_RUN_NOWAIT);
}

/* What has come: it has at most one answer, which begins as one. */
static void take(int fd, size_t *np) {
    char bytes[65536];
    ssize_t n;
    while ((n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
        size_t known = strlen("HTTP/1.1 ");
        if (*np == 0 && (size_t)n >= known)
            REQUIRE(memcmp(bytes, "HTTP/1.1 ", known) == 0);
        *np += (size_t)n;
    }
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct fuzz_input in = {data, size};
    size_t n_answer = 0;
    if (!web)
        begin();
    n_asked = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0);
    unsigned leave = fuzz_byte(&in) % 4;
    while (in.n) {
        size_t n = fuzz_u16(&in);
        uint8_t *piece = fuzz_block(&in, &n);
        send(fd, piece, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        free(piece);
        turn(3);
        if (leave != 3) /* who does not read */
            take(fd, &n_answer);
    }
    web_wake(web);
    turn(3);
    if (leave == 1)
        shutdown(fd, SHUT_WR);
    if (leave == 2)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    turn(leave == 1 ? 10 : 0);
    close(fd);
    for (unsigned i = 0; web_clients(web); i++) {
        REQUIRE(i < TURNS_MAX); /* nobody stays behind, and nothing spins */
        turn(1);
    }
    REQUIRE(n_asked <= 1);
}
