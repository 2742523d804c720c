#include "eve/lab/experiments/captions.h"

#include "eve/lab/statistics.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define LEARNED 0.2 /* a risk below is called learned */

/* What is expected of a row. */
static const struct expected {
    const char *row, *words;
    bool learns, linear_learns, saves_samples, c1, c2, key;
} rows[] = {
    {"lpn", "LPN, n64", true, false, false, true, false, true},
    {"lwe", "LWE, l32", true, false, false, true, false, true},
    {"ring", "ring, r509", true, false, false, true, false, true},
    {"qr", "quadratic residues", true, false, false, false, true, true},
    {"pke", "public-key encryption", true, false, false, false, true, true},
    {"prf", "PRF, its key the caption", true, false, true, false, false, false},
    {"halfspaces", "XOR of 2 half-spaces, d = 3", true, false, false, false, false, false},
    {"halfspaces-many", "XOR of 3 half-spaces, d = 50", true, false, false, false, false, false},
    {"drawings", "pictures, drawings the captions", true, true, true, false, false, false},
    {"ddh", "weak PRF x^k, log of x the caption", false, false, false, true, false, false},
};

struct sums {
    size_t sessions, judged, wrong, captioned_wrong, linear_judged, linear_wrong, unbounded_judged, unbounded_wrong,
        few_wrong, same, strangers, strangers_right, bits, alice_right, eve_right;
    size_t samples, linear_samples, unbounded_samples;
    bool has_captioned;
    double learn_seconds, unbounded_seconds;
};

static struct sums sums_of(const struct lab_report *report, const char *row) {
    struct sums s = {0};
    size_t i;
    json_t *unit;
    json_array_foreach(report->units, i, unit) {
        const char *name = json_string_value(json_object_get(json_object_get(unit, "parameters"), "row"));
        const json_t *r = json_object_get(unit, "result");
        if (!name || strcmp(name, row) != 0 || lab_count(r, "judged") == 0)
            continue;
        s.sessions++;
        s.samples = lab_count(r, "samples");
        s.judged += lab_count(r, "judged");
        s.wrong += lab_count(r, "wrong");
        s.captioned_wrong += lab_count(r, "captioned_wrong");
        s.has_captioned = json_is_true(json_object_get(r, "has_captioned"));
        s.linear_samples = lab_count(r, "linear_samples");
        s.linear_judged += lab_count(r, "linear_judged");
        s.linear_wrong += lab_count(r, "linear_wrong");
        s.unbounded_judged += lab_count(r, "unbounded_judged");
        s.unbounded_wrong += lab_count(r, "unbounded_wrong");
        s.few_wrong += lab_count(r, "few_wrong");
        if (lab_count(r, "unbounded_judged"))
            s.unbounded_samples = lab_count(r, "unbounded_samples");
        s.same += json_is_true(json_object_get(r, "same"));
        s.strangers += lab_count(r, "strangers");
        s.strangers_right += lab_count(r, "strangers_right");
        s.bits += lab_count(r, "bits");
        s.alice_right += lab_count(r, "alice_right");
        s.eve_right += lab_count(r, "eve_right");
        s.learn_seconds += lab_number(r, "learn_seconds");
        s.unbounded_seconds += lab_number(r, "unbounded_seconds");
    }
    return s;
}

/* Whether a share is below a limit for certain (1), above it for certain (-1), or cannot be told (0). */
static int below(size_t x, size_t n, double limit) {
    double low = 0, high = 1;
    if (n)
        statistics_exact(&low, &high, x, n, CAPTIONS_CERTAIN);
    return high < limit ? 1 : low > limit ? -1 : 0;
}

/* Whether both of two such things are so. */
static int both(int a, int b) {
    return a < b ? a : b;
}

/* Whether what was seen is what is claimed, as far as it can be told. */
static int as_claimed(int seen, bool claimed) {
    return claimed ? seen : -seen;
}

static const char *said(int seen) {
    return seen == 1 ? "yes" : seen == -1 ? "no" : "open";
}

struct verdict {
    int learns, linear_learns, unbounded_learns, few_learns; /* 1: yes, -1: no, 0: cannot be told */
    int c2, saves_samples, saves_time, key;
    bool c1;
    const char *why_not;
};

static struct verdict judge(const struct sums *s) {
    struct verdict v = {
        .learns = below(s->wrong, s->judged, LEARNED),
        .linear_learns = below(s->linear_wrong, s->linear_judged, LEARNED),
        .unbounded_learns = below(s->unbounded_wrong, s->unbounded_judged, LEARNED),
        .few_learns = below(s->few_wrong, s->unbounded_judged, LEARNED),
        .c1 = s->sessions && s->same == s->sessions,
        .c2 = s->strangers ? below(s->strangers - s->strangers_right, s->strangers, LEARNED) : -1,
    };
    int alice = below(s->bits - s->alice_right, s->bits, LEARNED),
        eve = below(s->bits - s->eve_right, s->bits, LEARNED);
    v.saves_samples = both(v.learns, both(v.unbounded_learns, -v.few_learns));
    v.saves_time = both(v.learns, -v.linear_learns);
    v.key = both(alice, -eve);
    v.why_not = v.key == 1           ? NULL
                : v.learns != 1      ? "nothing is learned from x"
                : !v.c1 && v.c2 != 1 ? "who captions knows the task"
                : v.key == 0         ? "too few sessions to tell"
                : eve == 1           ? "Eve learns it too"
                                     : "Alice does not learn";
    return v;
}

static const struct lab_column columns[] = {
    {"task", "task", LAB_TEXT, 0},
    {"row", "", LAB_HIDDEN, 0},
    {"sessions", "", LAB_HIDDEN, 0},
    {"samples", "samples", LAB_INTEGER, 0},
    {"risk", "risk with captions", LAB_FIXED, 3},
    {"captioned_risk", "with y* too", LAB_FIXED, 3},
    {"linear_samples", "", LAB_HIDDEN, 0},
    {"linear_risk", "quick learner without", LAB_FIXED, 3},
    {"unbounded_samples", "slow one's samples", LAB_INTEGER, 0},
    {"unbounded_risk", "risk", LAB_FIXED, 3},
    {"few_risk", "with as few", LAB_FIXED, 3},
    {"time_ratio_seconds", "its time / Alice's", LAB_SHORT, 2},
    {"saves_samples", "saves samples", LAB_TEXT, 0},
    {"saves_time", "saves time", LAB_TEXT, 0},
    {"c1", "C1", LAB_TEXT, 0},
    {"c2", "C2", LAB_TEXT, 0},
    {"alice_share", "Alice right", LAB_FIXED, 3},
    {"eve_share", "Eve right", LAB_FIXED, 3},
    {"key", "key", LAB_TEXT, 0},
    {"why_not", "why not", LAB_TEXT, 0},
};

static double share(size_t x, size_t n) {
    return n ? (double)x / (double)n : NAN;
}

static int report_row(struct lab_report *report, const struct expected *e, const struct sums *s,
                      const struct verdict *v) {
    bool slow = s->unbounded_judged;
    json_t *row =
        json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:I, s:o, s:o, s:o, s:o}", "task", e->words, "row", e->row,
                  "sessions", (json_int_t)s->sessions, "samples", (json_int_t)s->samples, "risk",
                  lab_real(share(s->wrong, s->judged)), "captioned_risk",
                  s->has_captioned ? lab_real(share(s->captioned_wrong, s->judged)) : json_null(), "linear_samples",
                  (json_int_t)s->linear_samples, "linear_risk", lab_real(share(s->linear_wrong, s->linear_judged)),
                  "unbounded_samples", slow ? json_integer((json_int_t)s->unbounded_samples) : json_null(),
                  "unbounded_risk", lab_real(share(s->unbounded_wrong, s->unbounded_judged)), "few_risk",
                  lab_real(share(s->few_wrong, s->unbounded_judged)));
    json_t *more = json_pack(
        "{s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:s, s:s}", "time_ratio_seconds",
        slow && s->learn_seconds > 0 ? lab_real(s->unbounded_seconds / s->learn_seconds) : json_null(), "saves_samples",
        slow ? json_string(said(v->saves_samples)) : json_null(), "saves_time", said(v->saves_time), "c1",
        v->c1 ? "yes" : "no", "c2", said(v->c2), "alice_share", lab_real(share(s->alice_right, s->bits)), "eve_share",
        lab_real(share(s->eve_right, s->bits)), "key", said(v->key), "why_not", v->why_not ? v->why_not : "");
    int r = row && more ? json_object_update_missing(row, more) : -ENOMEM;
    json_decref(more);
    return r < 0 ? -ENOMEM : lab_row(report, "captions", row);
}

static int claim_row(struct lab_report *report, const struct expected *e, const struct sums *s,
                     const struct verdict *v) {
    double low = NAN, high = NAN;
    int seen = both(as_claimed(v->learns, e->learns), as_claimed(v->linear_learns, e->linear_learns));
    if (s->has_captioned)
        seen = both(seen, below(s->captioned_wrong, s->judged, LEARNED));
    if (s->unbounded_judged)
        seen = both(seen, v->unbounded_learns);
    if (s->unbounded_judged && e->learns)
        seen = both(seen, as_claimed(v->saves_samples, e->saves_samples));
    if (s->judged)
        statistics_exact(&low, &high, s->wrong, s->judged, CAPTIONS_CERTAIN);
    int r = lab_claim_seen(
        report, seen, share(s->wrong, s->judged), low, high, "%s: %s, and %s; risk with captions", e->words,
        e->learns ? "with captions the task is learned, to be predicted from x alone"
                  : "with captions nothing is learned that predicts from x alone, but from x* and its "
                    "caption",
        e->linear_learns   ? "without them too, from more samples"
        : e->saves_samples ? "without them not by the quick learner, and by the slow one from more samples alone"
                           : "without them not by the quick learner");
    seen = both(v->c1 == e->c1 ? 1 : -1, both(as_claimed(v->c2, e->c2), as_claimed(v->key, e->key)));
    if (!e->key && e->learns)
        seen = both(seen, v->learns);
    if (s->bits)
        statistics_exact(&low, &high, s->eve_right, s->bits, CAPTIONS_CERTAIN);
    if (r == 0)
        r = lab_claim_seen(report, seen, share(s->eve_right, s->bits), low, high,
                           "%s: captions %s, %s, and %s; Eve's bits right", e->words,
                           e->c1 ? "are free of the task" : "depend on the task",
                           e->c2 ? "strangers draw labelled pairs" : "no stranger draws labelled pairs",
                           e->key      ? "bits follow that Alice has and Eve has not"
                           : e->learns ? "who makes captions in public gives Eve what Alice has"
                                       : "no bits follow from the hypothesis");
    return r;
}

/* ---- captions drawn anew */

static const struct lab_column resampled_columns[] = {
    {"toy", "captions drawn anew", LAB_TEXT, 0},
    {"n", "n", LAB_INTEGER, 0},
    {"samples", "samples", LAB_INTEGER, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"alice_right", "right: with Alice's", LAB_INTEGER, 0},
    {"drawn_right", "drawn from x", LAB_INTEGER, 0},
    {"anyhow_right", "drawn without x", LAB_INTEGER, 0},
    {"same_share", "share that is Alice's", LAB_SHORT, 2},
    {"tries", "tries a caption", LAB_SHORT, 3},
};

struct drawn {
    size_t samples, sessions, alice, drawn, anyhow, captions, same;
    double tries;
};

static struct drawn drawn_of(const struct lab_report *report, const char *toy, size_t n) {
    struct drawn d = {0};
    size_t i;
    json_t *unit;
    json_array_foreach(report->units, i, unit) {
        const json_t *p = json_object_get(unit, "parameters"), *r = json_object_get(unit, "result");
        const char *name = json_string_value(json_object_get(p, "toy"));
        if (!name || strcmp(name, toy) != 0 || lab_count(p, "dimension") != n)
            continue;
        d.samples = lab_count(r, "samples");
        d.sessions += lab_count(r, "sessions");
        d.alice += lab_count(r, "alice_right");
        d.drawn += lab_count(r, "drawn_right");
        d.anyhow += lab_count(r, "anyhow_right");
        d.captions += lab_count(r, "captions");
        d.same += lab_count(r, "same");
        d.tries += lab_number(r, "tries");
    }
    return d;
}

static int report_drawn(struct lab_report *report, const char *toy, size_t n, const struct drawn *d) {
    double low = NAN, high = NAN, alice_low = NAN, alice_high = NAN, anyhow_low = NAN, anyhow_high = NAN;
    statistics_exact(&low, &high, d->drawn, d->sessions, CAPTIONS_CERTAIN);
    statistics_exact(&alice_low, &alice_high, d->alice, d->sessions, CAPTIONS_CERTAIN);
    statistics_exact(&anyhow_low, &anyhow_high, d->anyhow, d->sessions, CAPTIONS_CERTAIN);
    /* more often than not; as often as with Alice's, to within a tenth; more often than without looking */
    int seen = low > 0.5 ? 1 : high <= 0.5 ? -1 : 0, alike = fmax(high - alice_low, alice_high - low) <= 0.1;
    seen = both(seen, low > alice_high || alice_low > high ? -1 : alike);
    seen = both(seen, anyhow_high < low ? 1 : anyhow_low > high ? -1 : 0);
    int r = lab_row(report, "resampled",
                    json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "toy", toy, "n", (json_int_t)n,
                              "samples", (json_int_t)d->samples, "sessions", (json_int_t)d->sessions, "alice_right",
                              (json_int_t)d->alice, "drawn_right", (json_int_t)d->drawn, "anyhow_right",
                              (json_int_t)d->anyhow, "same_share", lab_real(share(d->same, d->captions)), "tries",
                              lab_real(d->tries / (double)d->captions)));
    if (r == 0)
        r = lab_claim_seen(
            report, seen, share(d->drawn, d->sessions), low, high,
            "%s, n = %zu: with captions that Eve draws from x, the learner succeeds with Alice's %zu samples "
            "as with Alice's captions (%.3f of sessions), and less often with captions drawn without looking "
            "at x (%.3f)",
            toy, n, d->samples, share(d->alice, d->sessions), share(d->anyhow, d->sessions));
    return r;
}

static int report_resampled(struct lab_report *report) {
    int r = lab_table(report, "resampled", resampled_columns, sizeof resampled_columns / sizeof resampled_columns[0]);
    for (size_t i = 0; captions_resampled[i]; i++)
        for (size_t n = 1; r == 0 && n <= 16; n++) {
            struct drawn d = drawn_of(report, captions_resampled[i], n);
            if (d.sessions)
                r = report_drawn(report, captions_resampled[i], n, &d);
        }
    return r;
}

static const char *missing(const char *row) {
    for (size_t i = 0; toys[i]; i++)
        if (strcmp(toys[i]->name, row) == 0)
            return toys[i]->missing;
    return NULL;
}

int captions_report(struct lab_report *report) {
    int r = lab_table(report, "captions", columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; r == 0 && i < sizeof rows / sizeof rows[0]; i++) {
        struct sums s = sums_of(report, rows[i].row);
        struct verdict v = judge(&s);
        if (s.sessions == 0) {
            r = lab_note(report, "%s: not run%s%s.", rows[i].words, missing(rows[i].row) ? ", " : "",
                         missing(rows[i].row) ? missing(rows[i].row) : "");
            continue;
        }
        r = report_row(report, &rows[i], &s, &v);
        if (r == 0)
            r = claim_row(report, &rows[i], &s, &v);
    }
    if (r == 0)
        r = report_resampled(report);
    if (r == 0)
        r = lab_note(report,
                     "C1: pictures and captions come out the same for another task. C2: who has only what is "
                     "published draws labelled pairs that are right. Learned: a risk below %.1f for certain. "
                     "The quick learner is a mean; the slow one has no bound on its time, at this size.",
                     LEARNED);
    return r;
}

const char captions_figure[] =
    "set title 'Bits on top of each task: who has them'\n"
    "set ylabel 'share of bits right'\n"
    "set yrange [0.4:1.05]\n"
    "set xrange [-0.6:9.6]\n"
    "set key outside top center horizontal maxcols 3 samplen 2\n"
    "set xtics rotate by 25 right font ',18' noenhanced\n"
    "set bmargin 6\n"
    "plot 'captions.tsv' using 0:'alice_share':xtic(2) with points title 'Alice' lt 1 ps 2.4, "
    "\\\n"
    "     '' using 0:'eve_share' with points title 'Eve' lt 2 pt 8 ps 5, \\\n"
    "     0.5 title 'a coin' lt 8\n";
