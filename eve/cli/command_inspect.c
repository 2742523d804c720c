/* eve inspect: sessions, steps, sizes; what an eavesdropper knows. */
#include "eve/cli/commands.h"
#include "eve/cli/printed.h"
#include "eve/wire/capture.h"

#include "common/base/bytes.h"
#include "common/shell/host/status.h"
#include "proto/fingerprint.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const ends[] = {"cut", "closed", "reset"};

static double seconds(uint64_t from_ns, uint64_t to_ns) {
    return to_ns > from_ns ? (double)(to_ns - from_ns) / 1e9 : 0;
}

/* ---- JSON */

static json_t *integer(uint64_t value) {
    return json_integer((json_int_t)value);
}

static json_t *hex_or_null(bool known, const uint8_t *bytes, size_t n) {
    char text[2 * HASH_BYTES + 1];
    if (!known)
        return json_null();
    bytes_to_hex(text, bytes, n);
    return json_string(text);
}

static json_t *text_or_null(const char *text) {
    return *text ? json_string(text) : json_null();
}

static json_t *describe_step(const struct observe_facts *f, unsigned attempt, enum step step) {
    const struct observe_step *s = &f->steps[attempt][step];
    return json_pack("{s:s, s:i, s:o, s:o, s:f, s:f, s:b}", "step", step_name(step), "attempt", (int)attempt + 1,
                     "bytes", integer(s->bytes), "frames", integer(s->frames), "begin",
                     seconds(f->first_ns, s->first_ns), "seconds", seconds(s->first_ns, s->last_ns), "done", s->done);
}

static json_t *describe_steps(const struct observe_facts *f) {
    json_t *steps = json_array();
    for (unsigned attempt = 0; attempt < f->n_attempts; attempt++)
        for (enum step step = STEP_A1; step < STEP_OPEN; step++)
            if (f->steps[attempt][step].frames)
                json_array_append_new(steps, describe_step(f, attempt, step));
    return steps;
}

static json_t *describe_direction(const struct capture_session *session, enum side side) {
    const struct observe_direction *d = &session->facts->direction[side];
    char address[PACKET_ADDRESS_TEXT];
    packet_address_text(address, &session->address[side]);
    json_t *object =
        json_pack("{s:s, s:o, s:o, s:s, s:o, s:o, s:o}", "address", address, "bytes", integer(d->bytes), "missing",
                  integer(d->lost), "end", ends[d->end], "problem", text_or_null(d->problem[0] ? d->problem : d->gap),
                  "sealed_messages", integer(d->sealed_frames), "sealed_bytes", integer(d->sealed_bytes));
    json_object_set_new(object, "abort", d->abort_reason ? integer(d->abort_reason) : json_null());
    json_object_set_new(object, "identity",
                        hex_or_null(session->facts->has_identity[side], session->facts->identity[side], 32));
    return object;
}

/* "commitment_alice" and so on */
static void describe_number(json_t *object, const struct observe_facts *f, enum side side, bool committed,
                            bool opened) {
    char name[40];
    const char *of = side == SIDE_ALICE ? "alice" : "bob";
    snprintf(name, sizeof name, "commitment_%s", of);
    json_object_set_new(object, name, hex_or_null(committed, f->commitment[side], 32));
    snprintf(name, sizeof name, "r_%s", of);
    json_object_set_new(object, name, hex_or_null(opened, f->r[side], 32));
    snprintf(name, sizeof name, "commitment_holds_%s", of);
    json_object_set_new(object, name, committed && opened ? json_boolean(f->commitment_holds[side]) : json_null());
}

static json_t *describe_session(const struct capture_session *session) {
    const struct observe_facts *f = session->facts;
    const struct set *set = f->set;
    json_t *object = json_object();
    json_object_set_new(object, "session", text_or_null(f->session));
    json_object_set_new(object, "params", set ? json_string(set->name) : json_null());
    json_object_set_new(object, "task", set ? json_string(set->task->name) : json_null());
    json_object_set_new(object, "experimental", set ? json_boolean(set->task->experimental) : json_null());
    json_object_set_new(object, "toy", set && set->toy ? json_string(set->toy) : json_null());
    json_object_set_new(object, "rests_on", set ? json_string(set->task->assumption) : json_null());
    json_object_set_new(object, "complete", json_boolean(f->complete));
    json_object_set_new(object, "problem", text_or_null(f->problem));
    json_object_set_new(object, "began", json_real((double)f->first_ns / 1e9));
    json_object_set_new(object, "seconds", json_real(seconds(f->first_ns, f->last_ns)));
    json_object_set_new(object, "attempts", integer(f->n_attempts));
    json_object_set_new(object, "alice", describe_direction(session, SIDE_ALICE));
    json_object_set_new(object, "bob", describe_direction(session, SIDE_BOB));
    json_object_set_new(object, "steps", describe_steps(f));
    json_object_set_new(object, "samples", set && f->has_composed ? integer(set->n_labels) : integer(0));
    json_object_set_new(object, "plain", set && f->has_seed ? integer(set->n_plain) : integer(0));
    json_object_set_new(object, "composed",
                        set && f->has_composed ? integer(set->n_labels - set->n_plain) : integer(0));
    json_object_set_new(object, "labels", set && f->has_labels ? integer(set->n_labels) : integer(0));
    json_object_set_new(object, "challenges", set && f->has_challenge ? integer(set_challenges(set)) : integer(0));
    json_object_set_new(object, "matrix_seed", hex_or_null(f->has_seed, f->matrix_seed, 32));
    json_object_set_new(object, "challenge_seed", hex_or_null(f->has_challenge, f->challenge_seed, 32));
    json_object_set_new(object, "hash", hex_or_null(f->has_challenge, f->hash, HASH_BYTES));
    describe_number(object, f, SIDE_ALICE, f->has_hello, f->has_confirm_alice);
    describe_number(object, f, SIDE_BOB, f->has_welcome, f->has_confirm_bob);
    json_object_set_new(object, "mac_alice", hex_or_null(f->has_confirm_alice, f->mac[SIDE_ALICE], 32));
    json_object_set_new(object, "mac_bob", hex_or_null(f->has_confirm_bob, f->mac[SIDE_BOB], 32));
    json_object_set_new(object, "transcript_alice", hex_or_null(f->has_transcript, f->h[SIDE_ALICE], 32));
    json_object_set_new(object, "transcript_bob", hex_or_null(f->has_transcript, f->h[SIDE_BOB], 32));
    json_object_set_new(object, "transcript", hex_or_null(f->has_transcript, f->t3, 32));
    json_object_set_new(object, "fingerprint", text_or_null(f->fingerprint));
    return object;
}

static void print_json(const struct capture *c) {
    json_t *sessions = json_array();
    for (size_t i = 0; i < c->n_sessions; i++)
        json_array_append_new(sessions, describe_session(c->sessions[i]));
    json_t *object =
        json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", 1, "link", c->link, "packets",
                  integer(c->packets), "segments", integer(c->segments), "fragments", integer(c->fragments), "damaged",
                  integer(c->damaged), "other_connections", integer(c->other_connections), "left_out",
                  integer(c->unkept), "warning", text_or_null(c->warning), "sessions", sessions);
    json_dumpf(object, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(16));
    putchar('\n');
    json_decref(object);
}

/* ---- for people */

static const char *what_is_seen(enum step step, const struct set *set) {
    static const struct task_words unknown = {.seen_a2 = "", .seen_b2 = "", .seen_b3 = ""}; /* in A1 and B1 */
    const struct task_words *words = set ? set->task->words : &unknown;
    const char *const seen[] = {
        [STEP_A1] = "the set, a commitment to a number",
        [STEP_B1] = "the session's id, a commitment to another number",
        [STEP_A2] = words->seen_a2,
        [STEP_B2] = words->seen_b2,
        [STEP_A3] = "whether Alice has learned the secret",
        [STEP_B3] = words->seen_b3,
        [STEP_A4] = "Alice's number, and a check of the key",
        [STEP_B4] = "Bob's number, and another check of the key",
    };
    return seen[step];
}

static void print_direction(const struct capture_session *session, enum side side) {
    const struct observe_direction *d = &session->facts->direction[side];
    const char *name = side == SIDE_ALICE ? "Alice" : "Bob";
    char size[SCREEN_BYTES_TEXT];
    if (d->sealed_frames) {
        screen_bytes(size, d->sealed_bytes);
        printf("  %-5s  sealed: %" PRIu64 " messages, %s\n", name, d->sealed_frames, size);
    }
    if (d->lost)
        printf("  %-5s  %" PRIu64 " bytes are missing from the capture\n", name, d->lost);
    if (d->stuck)
        printf("  %-5s  followed only so far: %s\n", name, d->problem);
}

static void print_session(const struct capture_session *session) {
    const struct observe_facts *f = session->facts;
    char address[2][PACKET_ADDRESS_TEXT], size[SCREEN_BYTES_TEXT], when[40] = "";
    time_t began = (time_t)(f->first_ns / 1000000000u);
    struct tm tm;
    for (int side = 0; side < 2; side++)
        packet_address_text(address[side], &session->address[side]);
    if (gmtime_r(&began, &tm))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", &tm);
    printf("\nSession %s%s%s, set %s, Alice %s, Bob %s\n", f->session[0] ? f->session : "(no id seen)",
           f->complete ? "" : ", incomplete: ", f->problem, f->set ? f->set->name : "unknown", address[SIDE_ALICE],
           address[SIDE_BOB]);
    if (f->set)
        printf("  Task %s%s: its secrecy rests on %s%s\n", f->set->task->name,
               f->set->task->experimental ? ", experimental" : "", f->set->task->assumption,
               f->set->toy ? "; the set is a toy" : "");
    printf("  %s, %.3f s%s\n", when, seconds(f->first_ns, f->last_ns),
           f->n_attempts > 1 ? ", more than one attempt" : "");
    for (unsigned attempt = 0; attempt < f->n_attempts; attempt++) {
        for (enum step step = STEP_A1; step < STEP_OPEN; step++) {
            const struct observe_step *s = &f->steps[attempt][step];
            if (s->frames == 0)
                continue;
            screen_bytes(size, s->bytes);
            printf("  %-5s  %12s  at %8.3f s%s  %s\n", step_name(step), size, seconds(f->first_ns, s->first_ns),
                   s->done ? "" : ", not whole", what_is_seen(step, f->set));
        }
    }
    print_direction(session, SIDE_ALICE);
    print_direction(session, SIDE_BOB);
    if (f->complete)
        printf("  She holds %zu labels (%zu of plain samples, %zu of composed ones), %s = %.4f; nobody else's %s.\n",
               f->set->n_labels, f->set->n_plain, f->set->n_labels - f->set->n_plain, f->set->task->words->risk,
               f->set->risk, f->set->task->words->captions);
    if (f->fingerprint[0])
        printf("  Fingerprint: %s\n", f->fingerprint);
    if (f->has_hello && f->has_confirm_alice && !f->commitment_holds[SIDE_ALICE])
        printf("  Alice's number does not fit her commitment.\n");
    if (f->has_welcome && f->has_confirm_bob && !f->commitment_holds[SIDE_BOB])
        printf("  Bob's number does not fit his commitment.\n");
}

static void print_text(const struct capture *c, const char *path) {
    printf("%s: %" PRIu64 " packets (%s), %zu session%s, %" PRIu64 " other TCP connections\n", path, c->packets,
           c->link, c->n_sessions, c->n_sessions == 1 ? "" : "s", c->other_connections);
    if (c->fragments)
        printf("%" PRIu64 " IP fragments: not put together, what they carried counts as missing\n", c->fragments);
    if (c->damaged)
        printf("%" PRIu64 " packets are damaged or were cut off in their headers\n", c->damaged);
    if (c->unkept)
        printf("%" PRIu64 " sessions were left out: no memory for them\n", c->unkept);
    for (size_t i = 0; i < c->n_sessions; i++)
        print_session(c->sessions[i]);
}

int inspect_run(struct arguments *a) {
    struct capture capture;
    char error[CAPTURE_ERROR];
    int status = status_of_file(capture_read(&capture, a->file, &(struct capture_config){0}, error));
    if (status != STATUS_OK) {
        screen_error(&a->screen, "%s", error);
        capture_deinit(&capture);
        return status;
    }
    if (capture.warning[0])
        screen_warning(&a->screen, "%s", capture.warning);
    if (a->json)
        print_json(&capture);
    else
        print_text(&capture, a->file);
    capture_deinit(&capture);
    return printed_end(&a->screen, STATUS_OK);
}
