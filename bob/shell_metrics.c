#include "bob/shell_metrics.h"

#include "common/shell/host/status.h"
#include "common/shell/host/system.h"
#include "common/shell/net/local.h"
#include "common/shell/net/timer.h"
#include "common/shell/net/web.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTCOMES = 6, STEPS = STEP_OPEN + 1 };

static const struct {
    enum session_outcome outcome;
    const char *name;
} outcomes[OUTCOMES] = {{SESSION_DONE, "done"},         {SESSION_NOT_CONFIRMED, "not_confirmed"},
                        {SESSION_REFUSED, "refused"},   {SESSION_BROKEN, "broken"},
                        {SESSION_PROTOCOL, "protocol"}, {SESSION_INTERNAL, "internal"}};

/* Agreements on a set; those of a re-keying are keys alone, since their bytes stand among a conversation's. */
struct of_set {
    const struct set *set; /* NULL: free */
    uint64_t agreements, keys, bytes;
    double seconds;
};

struct of_peer {
    uint8_t key[IDENTITY_KEY];
    uint64_t keys, last_ms; /* timer_boot_ms */
};

struct metrics {
    struct program *program;
    void (*gauges)(void *user, struct metrics_gauges *gauges);
    void *user;
    struct web *web;
    struct local *local;
    double began;
    uint64_t ended[OUTCOMES][STEPS], turned_away;
    struct of_set sets[SETS_MAX];
    struct of_peer *peers; /* who is pinned, or was */
    size_t n_peers;
};

/* ---- counting */

static struct of_set *set_of(struct metrics *m, const struct set *set) {
    for (size_t i = 0; i < SETS_MAX; i++) {
        if (m->sets[i].set == set || !m->sets[i].set) {
            m->sets[i].set = set;
            return &m->sets[i];
        }
    }
    return NULL;
}

/* NULL: nobody yet, or out of memory. */
static struct of_peer *peer_of(struct metrics *m, const uint8_t *key, bool add) {
    for (size_t i = 0; i < m->n_peers; i++) {
        if (memcmp(m->peers[i].key, key, IDENTITY_KEY) == 0)
            return &m->peers[i];
    }
    struct of_peer *peers = add ? realloc(m->peers, (m->n_peers + 1) * sizeof *peers) : NULL;
    if (!peers)
        return NULL;
    m->peers = peers;
    peers[m->n_peers] = (struct of_peer){0};
    memcpy(peers[m->n_peers].key, key, IDENTITY_KEY);
    return &peers[m->n_peers++];
}

static void count_key(struct metrics *m, const struct conn *conn) {
    const struct session *session = conn_session(conn);
    struct of_set *set = set_of(m, session_set(session));
    struct of_peer *peer = session_peer_pinned(session) ? peer_of(m, session_peer_identity(session), true) : NULL;
    if (set)
        set->keys++;
    if (peer) {
        peer->keys++;
        peer->last_ms = timer_boot_ms();
    }
}

static void count_end(struct metrics *m, const struct session_end *end) {
    for (size_t i = 0; i < OUTCOMES; i++) {
        if (outcomes[i].outcome == end->outcome && (size_t)end->step < STEPS)
            m->ended[i][end->step]++;
    }
}

void metrics_event(struct metrics *m, const struct conn *conn, const struct session_event *e) {
    if (!m)
        return;
    if (e->kind == SESSION_CONFIRMED) {
        struct of_set *set = set_of(m, session_set(conn_session(conn)));
        if (set) {
            set->agreements++;
            set->bytes += conn_bytes(conn);
            set->seconds += conn_seconds(conn);
        }
    } else if (e->kind == SESSION_OPEN || e->kind == SESSION_REKEYED) {
        count_key(m, conn);
    } else if (e->kind == SESSION_CLOSED) {
        count_end(m, session_end(conn_session(conn)));
    }
}

void metrics_turned_away(struct metrics *m) {
    if (m)
        m->turned_away++;
}

/* ---- Prometheus' text format, version 0.0.4 */

static void family(FILE *out, const char *name, const char *type, const char *help) {
    fprintf(out, "# HELP parley_%s %s\n# TYPE parley_%s %s\n", name, help, name, type);
}

static void number(FILE *out, const char *name, const char *type, const char *help, double value) {
    family(out, name, type, help);
    fprintf(out, "parley_%s %.15g\n", name, value);
}

static const char *label_of(char text[static IDENTITY_TEXT], const struct roster *roster, size_t i) {
    if (*roster->peers[i].name)
        return roster->peers[i].name;
    identity_text(text, roster->keys[i], false);
    return text;
}

static double age_of(const struct of_peer *peer) {
    return 1e-3 * (double)(timer_boot_ms() - peer->last_ms);
}

static void write_sessions(struct metrics *m, FILE *out, const struct metrics_gauges *g) {
    family(out, "sessions", "gauge", "Sessions at this moment.");
    fprintf(out, "parley_sessions{state=\"agreeing\"} %u\nparley_sessions{state=\"open\"} %u\n", g->agreeing, g->open);
    fprintf(out, "parley_sessions{state=\"beyond\"} %u\n", g->beyond);
    number(out, "sessions_max", "gauge", "Places for sessions.", g->limit);
    family(out, "sessions_ended_total", "counter", "Sessions that have ended, and in which step.");
    for (size_t i = 0; i < OUTCOMES; i++) {
        for (size_t step = 0; step < STEPS; step++) {
            if (m->ended[i][step])
                fprintf(out, "parley_sessions_ended_total{outcome=\"%s\",step=\"%s\"} %llu\n", outcomes[i].name,
                        step_name((enum step)step), (unsigned long long)m->ended[i][step]);
        }
    }
    number(out, "turned_away_total", "counter", "Connections that got no session, since too many came.",
           (double)m->turned_away);
}

static void write_sets(struct metrics *m, FILE *out) {
    static const struct {
        const char *name, *help;
    } families[] = {{"agreements_total", "First agreements on a key."},
                    {"agreement_seconds_total", "Seconds from the connection to the first key."},
                    {"agreement_bytes_total", "Bytes on the wire until the first key, both ways."},
                    {"keys_total", "Keys that both sides have accepted, those of re-keyings too."}};
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        family(out, families[f].name, "counter", families[f].help);
        for (size_t i = 0; i < SETS_MAX && m->sets[i].set; i++) {
            const struct of_set *s = &m->sets[i];
            double values[] = {(double)s->agreements, s->seconds, (double)s->bytes, (double)s->keys};
            fprintf(out, "parley_%s{set=\"%s\"} %.15g\n", families[f].name, s->set->name, values[f]);
        }
    }
}

static void write_peers(struct metrics *m, FILE *out) {
    const struct roster *roster = m->program->options.roster;
    char text[IDENTITY_TEXT];
    family(out, "key_age_seconds", "gauge",
           "How old the last key with a pinned peer is; none while there has been none.");
    for (size_t i = 0; i < roster->n; i++) {
        const struct of_peer *peer = peer_of(m, roster->keys[i], false);
        if (peer)
            fprintf(out, "parley_key_age_seconds{peer=\"%s\"} %.3f\n", label_of(text, roster, i), age_of(peer));
    }
    family(out, "peer_keys_total", "counter", "Keys with a pinned peer.");
    for (size_t i = 0; i < roster->n; i++) {
        const struct of_peer *peer = peer_of(m, roster->keys[i], false);
        fprintf(out, "parley_peer_keys_total{peer=\"%s\"} %llu\n", label_of(text, roster, i),
                (unsigned long long)(peer ? peer->keys : 0));
    }
}

static void write_metrics(struct metrics *m, FILE *out) {
    const struct keyout *keyout = m->program->keyout;
    struct metrics_gauges g = {0};
    m->gauges(m->user, &g);
    write_sessions(m, out, &g);
    write_sets(m, out);
    write_peers(m, out);
    number(out, "hook_failures_total", "counter", "Commands of --on-key that failed.", (double)keyout_failures(keyout));
    number(out, "keys_expired_total", "counter", "Key files without a fresh key within --lifetime.",
           (double)keyout_expirations(keyout));
    number(out, "keys_waiting", "gauge", "Keys on their way into a file, or whose command has not ended.",
           (double)keyout_count(keyout));
    number(out, "work_waiting", "gauge", "Sessions that wait for a processor.", pool_waiting(m->program->pool));
    number(out, "input_bytes", "gauge", "Bytes that have come and wait to be worked on.", (double)g.held);
    number(out, "memory_bytes", "gauge", "Memory of the process, 0 where that is not known.",
           (double)system_resident());
    number(out, "uptime_seconds", "gauge", "Seconds since the start.", timer_now() - m->began);
}

/* ---- for a person */

static void write_outcomes(const struct metrics *m, FILE *out) {
    const char *between = " ";
    for (size_t i = 0; i < OUTCOMES; i++) {
        uint64_t n = 0;
        for (size_t step = 0; step < STEPS; step++)
            n += m->ended[i][step];
        if (n) {
            fprintf(out, "%s%s %llu", between, outcomes[i].name, (unsigned long long)n);
            between = ", ";
        }
    }
}

static void write_status(struct metrics *m, FILE *out) {
    const struct roster *roster = m->program->options.roster;
    const struct keyout *keyout = m->program->keyout;
    struct metrics_gauges g = {0};
    char text[IDENTITY_TEXT];
    m->gauges(m->user, &g);
    fprintf(out, "up %.0f s, %.1f MB\n", timer_now() - m->began, 1e-6 * (double)system_resident());
    fprintf(out, "sessions: %u open, %u agreeing, %u of %u places\nended:", g.open, g.agreeing, g.open + g.agreeing,
            g.limit);
    write_outcomes(m, out);
    fputc('\n', out);
    for (size_t i = 0; i < SETS_MAX && m->sets[i].set; i++) {
        const struct of_set *s = &m->sets[i];
        double n = s->agreements ? (double)s->agreements : 1;
        fprintf(out, "%s: %llu keys, %.3f s and %.0f bytes to the first\n", s->set->name, (unsigned long long)s->keys,
                s->seconds / n, (double)s->bytes / n);
    }
    for (size_t i = 0; i < roster->n; i++) {
        const struct of_peer *peer = peer_of(m, roster->keys[i], false);
        if (peer)
            fprintf(out, "%s: %llu keys, the last %.0f s ago\n", label_of(text, roster, i),
                    (unsigned long long)peer->keys, age_of(peer));
        else
            fprintf(out, "%s: no key yet\n", label_of(text, roster, i));
    }
    fprintf(out, "commands that failed: %llu; keys that expired: %llu\n", (unsigned long long)keyout_failures(keyout),
            (unsigned long long)keyout_expirations(keyout));
}

/* malloc'ed; NULL: out of memory. */
static char *text_of(struct metrics *m, void (*write)(struct metrics *m, FILE *out), size_t *np) {
    char *text = NULL;
    FILE *out = open_memstream(&text, np);
    if (!out)
        return NULL;
    write(m, out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static char *status_text(void *user, size_t *np) {
    return text_of(user, write_status, np);
}

void metrics_say(struct metrics *m) {
    size_t n;
    char *text = text_of(m, write_status, &n), *rest = text, *line;
    while (rest && (line = strsep(&rest, "\n")) && (*line || rest))
        screen_always(&m->program->screen, SCREEN_PLAIN, "status: %s", line);
    free(text);
}

/* ---- being asked */

static void answer(void *user, const struct web_request *request, struct web_answer *answer) {
    struct metrics *m = user;
    *answer = (struct web_answer){.status = 404, .type = "text/plain; charset=utf-8", .kind = WEB_TEXT};
    if (request->post || strcmp(request->path, "/metrics") != 0) {
        answer->body = "there is /metrics here and nothing else\n";
        answer->n_body = strlen(answer->body);
        return;
    }
    answer->owned = text_of(m, write_metrics, &answer->n_body);
    answer->status = answer->owned ? 200 : 500;
    answer->type = "text/plain; version=0.0.4; charset=utf-8";
}

/* The first number is none. */
static const char *no_events(void *user, uint64_t *numberp) {
    (void)user;
    (void)numberp;
    return NULL;
}

static int listen_for_http(struct metrics *m) {
    const struct options *o = &m->program->options;
    struct web_config config = {.listen = o->metrics, .answer = answer, .next = no_events, .user = m};
    char name[ADDRESS_TEXT + 256];
    int r = web_new(&m->web, m->program->loop, &config);
    if (r == 0) {
        char names[WEB_NAMES_MAX][ADDRESS_TEXT];
        web_names(m->web, names);
        screen_line(&m->program->screen, SCREEN_PLAIN, "Metrics at http://%s/metrics", names[0]);
        if (!web_is_loopback(m->web))
            screen_warning(&m->program->screen, "--metrics: anybody who reaches this address reads who comes when");
        return 0;
    }
    address_name(name, &o->metrics);
    screen_error(&m->program->screen, "--metrics %s: %s", name,
                 r == -ENOSYS ? "this bob was built without libmicrohttpd" : strerror(-r));
    return r == -ENOMEM ? STATUS_INTERNAL : r == -EACCES ? STATUS_PERMISSION : STATUS_UNAVAILABLE;
}

int metrics_new(struct metrics **metricsp, struct program *program,
                void (*gauges)(void *user, struct metrics_gauges *gauges), void *user) {
    const struct options *o = &program->options;
    struct metrics *m = calloc(1, sizeof *m);
    if (!m) {
        screen_error(&program->screen, "out of memory");
        return STATUS_INTERNAL;
    }
    *m = (struct metrics){.program = program, .gauges = gauges, .user = user, .began = timer_now()};
    *metricsp = m;
    int r = o->status_socket ? local_new(&m->local, program->loop, o->status_socket, status_text, m) : 0;
    if (r < 0) {
        screen_error(&program->screen, "--status-socket %s: %s", o->status_socket,
                     r == -EADDRINUSE ? "another bob is there" : strerror(-r));
        return r == -ENOMEM ? STATUS_INTERNAL : r == -EACCES ? STATUS_PERMISSION : STATUS_IO;
    }
    return *o->metrics.port ? listen_for_http(m) : 0;
}

void metrics_stop(struct metrics *m) {
    if (!m)
        return;
    web_free(m->web);
    local_free(m->local);
    m->web = NULL;
    m->local = NULL;
}

void metrics_free(struct metrics *m) {
    if (!m)
        return;
    metrics_stop(m);
    free(m->peers);
    free(m);
}
