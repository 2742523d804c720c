#include "common/shell/told/narrate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void step_begins(struct screen *screen, const struct set *set, const struct session_event *e) {
    screen_wrap(screen, SCREEN_BOLD, 4, "%s  %s", step_name(e->step), step_sentence(e->step, set));
}

static void step_done(struct screen *screen, const struct conn *conn, const struct session_event *e) {
    char bytes[SCREEN_BYTES_TEXT];
    screen_bytes(bytes, e->bytes);
    double seconds = conn_step_seconds(conn);
    int room = screen_columns(screen) - 18;
    if (seconds < 10)
        screen_line(screen, SCREEN_DIM, "    %*s  %8.1f ms", room, bytes, 1000 * seconds);
    else
        screen_line(screen, SCREEN_DIM, "    %*s  %8.0f s", room, bytes, seconds);
}

/* What the task is, for who wants to know more. */
static void picture(struct screen *screen, const struct task_words *words) {
    const char *const sentences[] = {words->picture,   words->caption, words->label,
                                     words->cancelled, words->left,    words->read_off};
    for (size_t i = 0; screen->verbose && i < sizeof sentences / sizeof sentences[0]; i++)
        screen_wrap(screen, SCREEN_DIM, 4, "    %s", sentences[i]);
}

static void identified(struct screen *screen, const struct set *set, const char *session) {
    char text[100];
    set->task->describe(set, text, sizeof text);
    screen_line(screen, SCREEN_PLAIN, "    session %s, set %s: %s", session, set->name, text);
    picture(screen, set->task->words);
}

static void table_head(struct screen *screen) {
    screen_line(screen, SCREEN_DIM, "    %-28s %8s   %8s", "", "measured", "expected");
}

static void figure(struct screen *screen, const struct figure *f) {
    screen_line(screen, SCREEN_PLAIN, "    %-28s %8.4f   %8.4f  (%s)", f->what, f->measured, f->expected, f->symbol);
}

static void learned(struct screen *screen, const struct set *set, const struct session_event *e) {
    const struct learned_numbers *numbers = &e->learned.numbers;
    const struct task_words *words = set->task->words;
    table_head(screen);
    for (size_t i = 0; i < numbers->n_figures; i++)
        figure(screen, &numbers->figures[i]);
    screen_detail(screen, "    %u of %u %s disagree, at most %u may; %u %s", numbers->disagreements, numbers->n_checked,
                  words->checked, numbers->most, numbers->iterations, words->iterations);
    screen_line(screen, e->learned.accepted ? SCREEN_GOOD : SCREEN_WARN, "    %s",
                e->learned.accepted ? "Learned: the hypothesis predicts the labels." : "Not learned.");
}

static void agreed(struct screen *screen, enum side side, const struct set *set, const struct session_event *e) {
    if (side == SIDE_ALICE) {
        char symbol[40];
        snprintf(symbol, sizeof symbol, "1 - %s", set->task->words->risk);
        table_head(screen);
        if (set->modulus == 2)
            figure(screen, &(struct figure){.what = "bit agreement",
                                            .measured = (double)e->agreed.agreeing / (double)e->agreed.challenges,
                                            .expected = 1 - set->risk,
                                            .symbol = symbol});
        else
            figure(screen, &(struct figure){.what = "noise of a masked label",
                                            .measured = e->agreed.noise,
                                            .expected = set->task->label_noise(set),
                                            .symbol = "mean"});
    }
    if (isfinite(e->agreed.failure_log2))
        screen_line(screen, SCREEN_PLAIN, "    %u secret bits, each masked N = %u times; any wrong: below 2^%.0f",
                    SET_DISTILLATE, set->repeat, ceil(e->agreed.failure_log2));
    else
        screen_line(screen, SCREEN_PLAIN, "    %u secret bits, a label on each; its noise cannot make one wrong",
                    SET_DISTILLATE);
}

static void box_line(struct screen *screen, int inside, const char *text, int n) {
    int left = (inside - n) / 2;
    screen_line(screen, SCREEN_GOOD, "    |%*s%.*s%*s|", left, "", n, text, inside - n - left, "");
}

/* However many words there are: as many in a line as the box has room for, and the box as wide as the terminal. */
static void fingerprint(struct screen *screen, const char *words) {
    enum { INSIDE = 66, TITLE = 11 };
    int room = screen_columns(screen) - 6, inside = room < INSIDE ? room : INSIDE;
    char rule[INSIDE + 1];
    memset(rule, '=', (size_t)inside);
    rule[inside] = 0;
    screen_line(screen, SCREEN_PLAIN, " ");
    screen_line(screen, SCREEN_GOOD, "    +%s+", rule);
    box_line(screen, inside, "FINGERPRINT", TITLE);
    box_line(screen, inside, "", 0);
    while (*words) {
        int n = (int)strlen(words);
        if (n > inside - 2) {
            n = inside - 2;
            while (n > 0 && words[n] != ' ')
                n--;
            n = n ? n : inside - 2; /* a word longer than a line: none of ours */
        }
        box_line(screen, inside, words, n);
        words += n;
        words += strspn(words, " ");
    }
    screen_line(screen, SCREEN_GOOD, "    +%s+", rule);
    screen_line(screen, SCREEN_PLAIN, " ");
}

static void secrecy(struct screen *screen, const struct set *set) {
    char text[400];
    set->task->secrecy(set, text, sizeof text);
    screen_wrap(screen, SCREEN_PLAIN, 4, "    %s", text);
}

static void experimental(struct screen *screen, const struct set *set) {
    screen_wrap(screen, SCREEN_WARN, 4,
                "    %s is experimental: its task, %s, rests on %s, and nobody outside has looked at it yet.",
                set->name, set->task->name, set->task->assumption);
}

static void authentication(struct screen *screen, const char *peer, const struct session *session) {
    const uint8_t *identity = session_peer_identity(session);
    char key[IDENTITY_TEXT] = "";
    if (identity)
        identity_text(key, identity, false);
    if (session_peer_pinned(session)) {
        screen_wrap(screen, SCREEN_GOOD, 4,
                    "    The peer is authenticated: %s holds the secret key of %s, which --peer names.", peer, key);
        return;
    }
    if (identity)
        screen_wrap(screen, SCREEN_WARN, 4,
                    "    %s holds the secret key of %s. Nobody said that this is the right one (--peer).", peer, key);
    screen_wrap(
        screen, SCREEN_WARN, 4,
        "    The peer is unauthenticated. Compare these five words with %s's, by voice or side by side: different "
        "words mean that somebody sits in between.",
        peer);
}

static void confirmed(struct screen *screen, enum side side, const struct conn *conn, const struct session_event *e) {
    const struct set *set = session_set(conn_session(conn));
    const char *peer = side == SIDE_ALICE ? "Bob" : "Alice", *toy = set->toy;
    fingerprint(screen, e->confirmed.fingerprint);
    authentication(screen, peer, conn_session(conn));
    if (toy)
        screen_wrap(screen, SCREEN_WARN, 4, "    %s is a toy: an eavesdropper finds this key %s.", set->name, toy);
    else
        secrecy(screen, set);
    if (set->task->experimental)
        experimental(screen, set);
}

void narrate_event(struct screen *screen, enum side side, const struct conn *conn, const struct session_event *e) {
    const struct set *set = session_set(conn_session(conn));
    const char *peer = side == SIDE_ALICE ? "Bob" : "Alice";
    if (e->rekeying && !screen->verbose)
        return;
    switch (e->kind) {
    case SESSION_STEP_BEGIN:
        step_begins(screen, set, e);
        break;
    case SESSION_STEP_DONE:
        step_done(screen, conn, e);
        break;
    case SESSION_STEP_HELD:
        screen_line(screen, SCREEN_WARN, "    -- press Enter for step %s --", step_name(e->step));
        break;
    case SESSION_IDENTIFIED:
        identified(screen, set, session_id(conn_session(conn)));
        break;
    case SESSION_LEARNED:
        learned(screen, set, e);
        break;
    case SESSION_ATTEMPT_FAILED:
        screen_line(screen, SCREEN_WARN, "    Attempt %u of 3 failed%s", e->attempt,
                    e->attempt < 3 ? ": again from A1, with everything fresh." : ".");
        break;
    case SESSION_AGREED:
        agreed(screen, side, set, e);
        break;
    case SESSION_CONFIRMED:
        confirmed(screen, side, conn, e);
        break;
    case SESSION_OPEN:
        if (side == SIDE_BOB)
            screen_line(screen, SCREEN_GOOD, "    Alice accepted the key.");
        break;
    case SESSION_PEER_NAME:
        if (*e->peer_name.text)
            screen_line(screen, SCREEN_PLAIN, "    %s's name is %s.", peer, e->peer_name.text);
        break;
    case SESSION_REKEYED:
        screen_line(screen, SCREEN_GOOD, "    A fresh key is in force (re-keyed).");
        break;
    case SESSION_PEER_END:
        screen_detail(screen, "    %s has ended that direction.", peer);
        break;
    case SESSION_CLOSED:
        break;
    }
}

/* What to type after an end that the user can do something about, NULL for none. */
static const char *hint_of(enum side side, const struct session_end *end, const struct set *set) {
    static char hint[160];
    if (end->reason == ABORT_TIMEOUT && end->step == STEP_B4)
        return NULL; /* --step never holds it, and alice waits no longer whatever her --timeout is */
    if (end->reason == ABORT_TIMEOUT && end->step < STEP_OPEN) {
        const char *impatient = (side == SIDE_ALICE) == end->by_peer ? "bob" : "alice";
        snprintf(hint, sizeof hint, "if the other side takes its time (--step): %s --timeout 600", impatient);
        return hint;
    }
    if (end->outcome != SESSION_REFUSED || !end->by_peer || side == SIDE_BOB)
        return NULL;
    if (end->reason == ABORT_PARAMS)
        snprintf(hint, sizeof hint, "start him with: bob --params %s, or ask for another set: alice --params n2048",
                 set ? set->name : "n2048");
    else if (end->reason == ABORT_BUSY)
        snprintf(hint, sizeof hint, "try again in a moment, or start him with a larger bob --max-sessions N");
    else
        snprintf(hint, sizeof hint, "start bob again, then alice");
    return hint;
}

void narrate_end(struct screen *screen, enum side side, const struct conn *conn) {
    const struct session *session = conn_session(conn);
    const struct session_end *end = session_end(session);
    const char *hint = hint_of(side, end, session_set(session));
    char bytes[SCREEN_BYTES_TEXT];
    if (end->outcome == SESSION_DONE) {
        screen_bytes(bytes, conn_bytes(conn));
        screen_line(screen, SCREEN_GOOD, "    Done: %s on the wire in %.3f s.", bytes, conn_seconds(conn));
        return;
    }
    screen_error(screen, "%s%s, in step %s with %s%s%s", end->by_peer ? "the peer says: " : "", end->text,
                 step_name(end->step), conn_peer(conn), hint ? ". Hint: " : "", hint ? hint : "");
}
