#include "eve/lab/experiments/statistical.h"

#include "common/base/binomial.h"
#include "eve/lab/statistics.h"
#include "eve/lab/toys/exhaustive.h"
#include "eve/learn/learner.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The values of a parameter, ascending, that the units of a part have. */
enum { VALUES_MAX = 64 };

struct values {
    size_t of[VALUES_MAX], n;
};

static bool is_part(const json_t *unit, const char *part) {
    return strcmp(json_string_value(json_object_get(json_object_get(unit, "parameters"), "part")), part) == 0;
}

static struct values values_of(const struct lab_report *report, const char *part, const char *key) {
    struct values v = {0};
    size_t i;
    json_t *unit;
    json_array_foreach(report->units, i, unit) {
        size_t value = lab_count(json_object_get(unit, "parameters"), key), at = 0;
        if (!is_part(unit, part))
            continue;
        while (at < v.n && v.of[at] < value)
            at++;
        if ((at < v.n && v.of[at] == value) || v.n == VALUES_MAX)
            continue;
        memmove(v.of + at + 1, v.of + at, (v.n - at) * sizeof v.of[0]);
        v.of[at] = value;
        v.n++;
    }
    return v;
}

/* ---- samples to the risk */

struct needs {
    double *alice, *eve;          /* samples; infinite where the learner did not get there */
    size_t n, equal, fewer, more; /* of n tasks: Alice needs as many as Eve, fewer, more */
};

static int take_needs(struct needs *out, const json_t *list) {
    size_t i, n = json_array_size(list);
    json_t *one;
    double *alice = realloc(out->alice, (out->n + n + 1) * sizeof *alice);
    out->alice = alice ? alice : out->alice;
    double *eve = realloc(out->eve, (out->n + n + 1) * sizeof *eve);
    out->eve = eve ? eve : out->eve;
    if (!alice || !eve)
        return -ENOMEM;
    json_array_foreach(list, i, one) {
        size_t a = lab_count(one, "alice"), e = lab_count(one, "eve");
        alice[out->n] = a ? (double)a : INFINITY;
        eve[out->n] = e ? (double)e : INFINITY;
        out->equal += a && a == e;
        out->fewer += a && (!e || a < e);
        out->more += e && (!a || a > e);
        out->n++;
    }
    return 0;
}

static int needs_of(struct needs *out, const struct lab_report *report, size_t d, enum statistical_way way) {
    size_t i;
    json_t *unit;
    int r = 0;
    *out = (struct needs){0};
    json_array_foreach(report->units, i, unit) {
        const json_t *parameters = json_object_get(unit, "parameters");
        if (r == 0 && is_part(unit, "drawings") && lab_count(parameters, "d") == d &&
            statistical_way_of(parameters) == way)
            r = take_needs(out, json_object_get(json_object_get(unit, "result"), "needs"));
    }
    return r;
}

static void needs_free(struct needs *n) {
    free(n->alice);
    free(n->eve);
}

struct median {
    double value, low, high; /* of this confidence, by order statistics: exact whatever the distribution */
};

/* Sorts. The number of values below the true median is binomial. */
static struct median median_of(double *values, size_t n, double confidence) {
    if (n == 0)
        return (struct median){NAN, NAN, NAN};
    statistics_sort(values, n);
    size_t k = 0;
    while (k < (n - 1) / 2 && binomial_below(k + 2, n, 0.5) <= (1 - confidence) / 2)
        k++;
    return (struct median){values[n / 2], values[k], values[n - 1 - k]};
}

static const struct lab_column drawings_columns[] = {
    {"d", "dimensions", LAB_INTEGER, 0},
    {"tasks", "tasks", LAB_INTEGER, 0},
    {"bare", "pictures to risk 1%, median", LAB_INTEGER, 0},
    {"bare_low", "99.9% from", LAB_INTEGER, 0},
    {"bare_high", "to", LAB_INTEGER, 0},
    {"theory", "theory", LAB_FIXED, 1},
    {"captioned", "with captions", LAB_INTEGER, 0},
    {"captioned_low", "", LAB_HIDDEN, 0},
    {"captioned_high", "99.9% to", LAB_INTEGER, 0},
    {"picture_seconds", "s a picture", LAB_SHORT, 2},
    {"caption_seconds", "s a caption", LAB_SHORT, 2},
};

static const struct lab_column runs_columns[] = {
    {"way", "captions by", LAB_TEXT, 0},          {"d", "dimensions", LAB_INTEGER, 0},
    {"tasks", "tasks", LAB_INTEGER, 0},           {"alice", "Alice needs, median", LAB_INTEGER, 0},
    {"eve", "Eve needs, median", LAB_INTEGER, 0}, {"equal", "the same", LAB_INTEGER, 0},
    {"fewer", "Alice fewer", LAB_INTEGER, 0},     {"more", "Alice more", LAB_INTEGER, 0},
};

static const char *const way_words[] = {"Bob, in public", "nobody", "Alice, from x"};

static int run_row(struct lab_report *report, size_t d, enum statistical_way way, const struct needs *n,
                   const struct median *alice, const struct median *eve) {
    return lab_row(report, "runs",
                   json_pack("{s:s, s:I, s:I, s:o, s:o, s:I, s:I, s:I}", "way", way_words[way], "d", (json_int_t)d,
                             "tasks", (json_int_t)n->n, "alice", lab_real(alice->value), "eve", lab_real(eve->value),
                             "equal", (json_int_t)n->equal, "fewer", (json_int_t)n->fewer, "more",
                             (json_int_t)n->more));
}

static int claim_way(struct lab_report *report, size_t d, enum statistical_way way, const struct needs *n) {
    if (way != STATISTICAL_OWN)
        return lab_claim(report, n->n && n->equal == n->n, (double)n->equal / (double)n->n, NAN, NAN,
                         way == STATISTICAL_PUBLIC
                             ? "d = %zu, captions in public: Eve needs as many samples as Alice in each of %zu tasks"
                             : "d = %zu, no captions: Eve needs as many samples as Alice in each of %zu tasks",
                         d, n->n);
    return lab_claim_at_most(
        report, 0.5, n->fewer, n->n,
        "d = %zu, captions that Alice makes from x: in at most half of %zu tasks she needs fewer samples "
        "than Eve with none",
        d, n->n);
}

/* Medians of the three ways at one d: rows of "runs" and claims; out: those of Alice. */
static int report_ways(struct lab_report *report, size_t d, struct median out[static STATISTICAL_WAYS],
                       struct median shown[static STATISTICAL_WAYS], size_t *tasksp) {
    int r = 0;
    for (int way = 0; r == 0 && way < STATISTICAL_WAYS; way++) {
        struct needs n;
        r = needs_of(&n, report, d, (enum statistical_way)way);
        out[way] = median_of(n.alice, n.n, STATISTICAL_CERTAIN);
        shown[way] = median_of(n.alice, n.n, 0.999);
        struct median eve = median_of(n.eve, n.n, 0.999);
        *tasksp = n.n > *tasksp ? n.n : *tasksp;
        if (r == 0 && n.n)
            r = run_row(report, d, (enum statistical_way)way, &n, &shown[way], &eve);
        if (r == 0 && n.n)
            r = claim_way(report, d, (enum statistical_way)way, &n);
        needs_free(&n);
    }
    return r;
}

static void speed_of(const struct lab_report *report, size_t d, double *picturep, double *captionp) {
    size_t i;
    json_t *unit;
    *picturep = *captionp = NAN;
    json_array_foreach(report->units, i, unit) {
        const json_t *result = json_object_get(unit, "result");
        if (is_part(unit, "speed") && lab_count(json_object_get(unit, "parameters"), "d") == d) {
            *picturep = lab_number(result, "picture_seconds");
            *captionp = lab_number(result, "caption_seconds");
        }
    }
}

/* A caption is the task but for its sign. */
static int claim_captioned(struct lab_report *report, const struct values *d) {
    size_t more = 0, all = 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < d->n; i++) {
        struct needs n;
        r = needs_of(&n, report, d->of[i], STATISTICAL_PUBLIC);
        all += n.n;
        for (size_t j = 0; j < n.n; j++)
            more += n.alice[j] > 1;
        needs_free(&n);
    }
    return r || d->n == 0 ? r
                          : lab_claim_at_most(report, 0.1, more, all,
                                              "with captions one sample is enough in nine tasks of ten, whatever d: "
                                              "of %zu tasks, those that need more",
                                              all);
}

static int report_dimension(struct lab_report *report, size_t d) {
    struct median certain[STATISTICAL_WAYS], shown[STATISTICAL_WAYS];
    size_t n_tasks = 0;
    double theory = drawings_theory((double)d, STATISTICAL_RISK), picture, caption;
    int r = report_ways(report, d, certain, shown, &n_tasks);
    struct median bare = certain[STATISTICAL_NONE], captioned = certain[STATISTICAL_PUBLIC];
    speed_of(report, d, &picture, &caption);
    if (r == 0)
        r = lab_row(report, "drawings",
                    json_pack("{s:I, s:I, s:o, s:o, s:o, s:f, s:o, s:o, s:o, s:o, s:o}", "d", (json_int_t)d, "tasks",
                              (json_int_t)n_tasks, "bare", lab_real(bare.value), "bare_low",
                              lab_real(shown[STATISTICAL_NONE].low), "bare_high",
                              lab_real(shown[STATISTICAL_NONE].high), "theory", theory, "captioned",
                              lab_real(captioned.value), "captioned_low", lab_real(shown[STATISTICAL_PUBLIC].low),
                              "captioned_high", lab_real(shown[STATISTICAL_PUBLIC].high), "picture_seconds",
                              lab_real(picture), "caption_seconds", lab_real(caption)));
    if (r == 0 && d >= 64)
        r = lab_claim_between(
            report, 0.9 * theory, 1.1 * theory, bare.value, bare.low, bare.high,
            "d = %zu: without captions the median of samples to risk 1%% is d/%.2f = %.1f, to within a tenth", d,
            (double)d / theory, theory);
    if (r == 0 && isfinite(picture))
        r = lab_claim(report, picture < 5 * caption && caption < 5 * picture, picture / caption, NAN, NAN,
                      "d = %zu: a picture takes the learner as long as a caption, within a factor of 5", d);
    return r;
}

/* ---- agreement */

static const struct lab_column agreement_columns[] = {
    {"way", "captions by", LAB_TEXT, 0},
    {"d", "", LAB_HIDDEN, 0},
    {"samples", "samples", LAB_INTEGER, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"agreed", "Alice has Bob's bits", LAB_INTEGER, 0},
    {"read", "Eve has them", LAB_INTEGER, 0},
    {"secret", "Alice alone", LAB_INTEGER, 0},
    {"agreed_share", "", LAB_HIDDEN, 0},
    {"read_share", "", LAB_HIDDEN, 0},
    {"alice_error", "Alice errs, a bit", LAB_SHORT, 2},
    {"eve_error", "Eve errs", LAB_SHORT, 2},
};

struct agreement {
    size_t sessions, agreed, read, secret, bits, alice_wrong, eve_wrong;
};

static struct agreement agreement_of(const struct lab_report *report, size_t samples, enum statistical_way way) {
    struct agreement a = {0};
    size_t i;
    json_t *unit;
    json_array_foreach(report->units, i, unit) {
        const json_t *parameters = json_object_get(unit, "parameters"), *result = json_object_get(unit, "result");
        if (!is_part(unit, "agreement") || statistical_way_of(parameters) != way ||
            lab_count(parameters, "samples") != samples)
            continue;
        a.sessions += lab_count(result, "sessions");
        a.agreed += lab_count(result, "agreed");
        a.read += lab_count(result, "read");
        a.secret += lab_count(result, "secret");
        a.bits += lab_count(result, "bits");
        a.alice_wrong += lab_count(result, "alice_wrong");
        a.eve_wrong += lab_count(result, "eve_wrong");
    }
    return a;
}

/* Where Eve has what Alice has, no session is Alice's alone. Her own captions are an accident that Eve does not share:
 * with hardly any samples either may be right alone, but Alice no more often than Eve. */
static int claim_agreement(struct lab_report *report, enum statistical_way way, const struct agreement *sum) {
    size_t eve_alone = sum->read - (sum->agreed - sum->secret), alone = sum->secret + eve_alone;
    if (way != STATISTICAL_OWN)
        return lab_claim_at_most(
            report, 0, sum->secret, sum->agreed ? sum->sessions : 0,
            "captions by %s: with any number of samples Alice's bits are wrong or Eve has them; share of "
            "%zu sessions, %zu of which agreed, where Alice alone has them",
            way_words[way], sum->sessions, sum->agreed);
    return lab_claim_at_most(
        report, 0.5, sum->secret, sum->agreed ? alone : 0,
        "captions by %s: of %zu sessions, with any number of samples, in which one of the two alone has "
        "Bob's bits, it is Alice in at most half",
        way_words[way], alone);
}

static int report_agreement(struct lab_report *report) {
    struct values samples = values_of(report, "agreement", "samples");
    int r = lab_table(report, "agreement", agreement_columns, sizeof agreement_columns / sizeof agreement_columns[0]);
    for (int way = 0; r == 0 && samples.n && way < STATISTICAL_WAYS; way++) {
        struct agreement sum = {0};
        for (size_t i = 0; r == 0 && i < samples.n; i++) {
            struct agreement a = agreement_of(report, samples.of[i], (enum statistical_way)way);
            double n = (double)a.sessions, bits = (double)a.bits;
            sum.sessions += a.sessions;
            sum.agreed += a.agreed;
            sum.read += a.read;
            sum.secret += a.secret;
            r = lab_row(report, "agreement",
                        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "way", way_words[way],
                                  "samples", (json_int_t)samples.of[i], "sessions", (json_int_t)a.sessions, "agreed",
                                  (json_int_t)a.agreed, "read", (json_int_t)a.read, "secret", (json_int_t)a.secret,
                                  "agreed_share", lab_real((double)a.agreed / n), "read_share",
                                  lab_real((double)a.read / n), "alice_error", lab_real((double)a.alice_wrong / bits),
                                  "eve_error", lab_real((double)a.eve_wrong / bits)));
        }
        if (r == 0)
            r = claim_agreement(report, (enum statistical_way)way, &sum);
    }
    return r;
}

/* ---- LPN */

static const struct lab_column exhaustive_columns[] = {
    {"n", "n", LAB_INTEGER, 0},
    {"bound_share", "samples over n/(1-H)", LAB_FIXED, 2},
    {"samples", "samples", LAB_INTEGER, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"right", "exhaustive learner right", LAB_INTEGER, 0},
    {"right_low", "99.9% from", LAB_FIXED, 3},
    {"right_high", "to", LAB_FIXED, 3},
    {"seconds", "s a session", LAB_SHORT, 2},
};

static const struct lab_column lpn_columns[] = {
    {"n", "n", LAB_INTEGER, 0},
    {"with_samples", "samples with captions", LAB_INTEGER, 0},
    {"without_samples", "without", LAB_INTEGER, 0},
    {"bound", "n/(1-H)", LAB_INTEGER, 0},
    {"with_seconds", "to learn with", LAB_DURATION, 0},
    {"without_seconds", "without", LAB_DURATION, 0},
    {"sessions", "sessions", LAB_INTEGER, 0},
    {"learned", "learned with", LAB_INTEGER, 0},
    {"right", "without", LAB_INTEGER, 0},
    {"learner", "learner without", LAB_TEXT, 0},
};

struct exhaustive {
    size_t samples, sessions, right;
    double seconds;
};

static struct exhaustive exhaustive_of(const struct lab_report *report, size_t n, size_t percent) {
    struct exhaustive e = {0};
    size_t i;
    json_t *unit;
    json_array_foreach(report->units, i, unit) {
        const json_t *parameters = json_object_get(unit, "parameters"), *result = json_object_get(unit, "result");
        if (!is_part(unit, "exhaustive") || lab_count(parameters, "bits") != n ||
            lab_count(parameters, "percent") != percent)
            continue;
        e.samples = lab_count(result, "samples");
        e.sessions += lab_count(result, "sessions");
        e.right += lab_count(result, "right");
        e.seconds += lab_number(result, "learner_seconds");
    }
    return e;
}

enum { ENOUGH = 200 /* percent of the bound, from which on the exhaustive learner is expected to be right */ };

static int claim_exhaustive(struct lab_report *report, size_t n, const struct exhaustive *e) {
    double low = NAN, high = NAN;
    statistics_exact(&low, &high, e->right, e->sessions, STATISTICAL_CERTAIN);
    int r = lab_claim_between(
        report, 0.5, 1, (double)e->right / (double)e->sessions, low, high,
        "LPN, n = %zu: without captions and without bounds on time, %zu samples are enough more often "
        "than not; a session of Parley at this n would have some %zu",
        n, e->samples, 50 * n);
    if (r == 0)
        r = lab_row(report, "lpn",
                    json_pack("{s:I, s:I, s:f, s:o, s:I, s:I, s:s}", "n", (json_int_t)n, "without_samples",
                              (json_int_t)e->samples, "bound", exhaustive_bound((double)n, 1 / sqrt((double)n)),
                              "without_seconds", lab_real(e->seconds / (double)e->sessions), "sessions",
                              (json_int_t)e->sessions, "right", (json_int_t)e->right, "learner", "exhaustive"));
    return r;
}

static int report_exhaustive(struct lab_report *report) {
    struct values n = values_of(report, "exhaustive", "bits"), percents = values_of(report, "exhaustive", "percent");
    int r =
        lab_table(report, "exhaustive", exhaustive_columns, sizeof exhaustive_columns / sizeof exhaustive_columns[0]);
    for (size_t i = 0; r == 0 && i < n.n; i++)
        for (size_t j = 0; r == 0 && j < percents.n; j++) {
            struct exhaustive e = exhaustive_of(report, n.of[i], percents.of[j]);
            double low = NAN, high = NAN;
            if (e.sessions == 0)
                continue;
            learn_wilson(&low, &high, e.right, e.sessions);
            r = lab_row(report, "exhaustive",
                        json_pack("{s:I, s:f, s:I, s:I, s:I, s:o, s:o, s:o}", "n", (json_int_t)n.of[i], "bound_share",
                                  (double)percents.of[j] / 100, "samples", (json_int_t)e.samples, "sessions",
                                  (json_int_t)e.sessions, "right", (json_int_t)e.right, "right_low", lab_real(low),
                                  "right_high", lab_real(high), "seconds", lab_real(e.seconds / (double)e.sessions)));
            if (r == 0 && percents.of[j] == ENOUGH)
                r = claim_exhaustive(report, n.of[i], &e);
        }
    return r;
}

struct lpn {
    size_t sessions, learned, tries, right, with_samples, without_samples;
    double with_seconds, without_seconds;
};

static struct lpn lpn_of(const struct lab_report *report, size_t n) {
    struct lpn l = {0};
    size_t i;
    json_t *unit;
    json_array_foreach(report->units, i, unit) {
        const json_t *result = json_object_get(unit, "result"), *cut = json_object_get(result, "cut");
        if (!is_part(unit, "lpn") || lab_count(json_object_get(unit, "parameters"), "n") != n)
            continue;
        l.sessions++;
        l.learned += json_is_true(json_object_get(result, "learned"));
        l.with_samples = lab_count(result, "samples");
        l.with_seconds += lab_number(result, "learn_seconds");
        if (cut) {
            l.tries++;
            l.right += json_is_true(json_object_get(cut, "right"));
            l.without_samples = lab_count(cut, "samples");
            l.without_seconds += lab_number(cut, "seconds");
        }
    }
    return l;
}

static int report_lpn(struct lab_report *report) {
    struct values n = values_of(report, "lpn", "n");
    double ratio = NAN, first = NAN;
    size_t largest = 0, smallest = 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < n.n; i++) {
        struct lpn l = lpn_of(report, n.of[i]);
        double with = l.with_seconds / (double)l.sessions, without = l.without_seconds / (double)l.tries;
        r = lab_row(report, "lpn",
                    json_pack("{s:I, s:I, s:o, s:f, s:o, s:o, s:I, s:I, s:o, s:o}", "n", (json_int_t)n.of[i],
                              "with_samples", (json_int_t)l.with_samples, "without_samples",
                              l.tries ? json_integer((json_int_t)l.without_samples) : json_null(), "bound",
                              exhaustive_bound((double)n.of[i], 1 / sqrt((double)n.of[i])), "with_seconds",
                              lab_real(with), "without_seconds", lab_real(without), "sessions", (json_int_t)l.sessions,
                              "learned", (json_int_t)l.learned, "right",
                              l.tries ? json_integer((json_int_t)l.right) : json_null(), "learner",
                              l.tries ? json_string("isd") : json_null()));
        if (r == 0 && !l.tries)
            r = lab_claim(report, l.learned == l.sessions, (double)l.learned / (double)l.sessions, NAN, NAN,
                          "LPN, n = %zu: with captions the task is learned in each of %zu sessions", n.of[i],
                          l.sessions);
        if (r == 0 && l.tries)
            r = lab_claim(report, l.learned == l.sessions && l.right == l.tries && l.without_samples < l.with_samples,
                          (double)l.right / (double)l.tries, NAN, NAN,
                          "LPN, n = %zu: the task is found without captions from %zu samples, with them from %zu, in "
                          "each of %zu sessions",
                          n.of[i], l.without_samples, l.with_samples, l.tries);
        if (l.right && l.learned) {
            ratio = without / with;
            largest = n.of[i];
            first = smallest ? first : ratio;
            smallest = smallest ? smallest : largest;
        }
    }
    if (r == 0 && n.n)
        r = lab_claim(report, ratio > 5, ratio, NAN, NAN,
                      "LPN, n = %zu: without captions it takes more than 5 times as long (at n = %zu: %.0f times)",
                      largest ? largest : n.of[n.n - 1], smallest ? smallest : n.of[0], first);
    return r;
}

int statistical_report(struct lab_report *report) {
    struct values d = values_of(report, "drawings", "d");
    int r = lab_table(report, "drawings", drawings_columns, sizeof drawings_columns / sizeof drawings_columns[0]);
    if (r == 0)
        r = lab_table(report, "runs", runs_columns, sizeof runs_columns / sizeof runs_columns[0]);
    for (size_t i = 0; r == 0 && i < d.n; i++)
        r = report_dimension(report, d.of[i]);
    if (r == 0)
        r = claim_captioned(report, &d);
    if (r == 0)
        r = report_agreement(report);
    if (r == 0)
        r = lab_table(report, "lpn", lpn_columns, sizeof lpn_columns / sizeof lpn_columns[0]);
    if (r == 0)
        r = report_exhaustive(report);
    if (r == 0)
        r = report_lpn(report);
    if (r == 0)
        r = lab_note(report,
                     "Statistical task: captions save samples and no time, and who makes them must know the task. "
                     "LPN: they save time and no samples, and know nothing of the task; only these can be kept from "
                     "Eve.");
    if (r == 0)
        r = lab_note(report, "Samples of isd: four times n/(1-H), eight times from n = 256 on, those that it trains "
                             "and chooses on; it judges itself on "
                             "others.");
    return r;
}
