#include "common/agree/distill.h"
#include "eve/lab/experiments/agreement.h"
#include "eve/lab/statistics.h"
#include "eve/learn/learner.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#define CERTAIN        0.9999999 /* of the intervals that decide: a false alarm in 10^7 */
#define COIN_TOLERANCE 0.01

enum {
    EVE_WINS = 256,   /* largest n at which she must find every key */
    EVE_LOSES = 1024, /* smallest n at which she must be a coin */
};

/* ---- sums */

static const struct {
    const char *key;
    size_t offset;
} counts[] = {
    {"sessions", offsetof(struct agreement_sums, sessions)},
    {"failed", offsetof(struct agreement_sums, failed)},
    {"bits", offsetof(struct agreement_sums, bits)},
    {"agreeing", offsetof(struct agreement_sums, agreeing)},
    {"distilled", offsetof(struct agreement_sums, distilled)},
    {"distilled_right", offsetof(struct agreement_sums, distilled_right)},
    {"hashed", offsetof(struct agreement_sums, hashed)},
    {"hashed_right", offsetof(struct agreement_sums, hashed_right)},
    {"keys_equal", offsetof(struct agreement_sums, keys_equal)},
    {"confirmed", offsetof(struct agreement_sums, confirmed)},
    {"forced", offsetof(struct agreement_sums, forced)},
    {"caught", offsetof(struct agreement_sums, caught)},
    {"eve_hypotheses", offsetof(struct agreement_sums, eve_hypotheses)},
    {"eve_solved", offsetof(struct agreement_sums, eve_solved)},
    {"eve_keys", offsetof(struct agreement_sums, eve_keys)},
    {"eve_right", offsetof(struct agreement_sums, eve_right)},
    {"eve_agreed_right", offsetof(struct agreement_sums, eve_agreed_right)},
    {"eve_distilled_right", offsetof(struct agreement_sums, eve_distilled_right)},
};

const struct shape agreement_shape[] = {
    SHAPE_COUNT("sessions"),
    SHAPE_COUNT("failed"),
    SHAPE_COUNT("bits"),
    SHAPE_COUNT_OF("agreeing", "bits"),
    SHAPE_COUNT("distilled"),
    SHAPE_COUNT_OF("distilled_right", "distilled"),
    SHAPE_COUNT("hashed"),
    SHAPE_COUNT_OF("hashed_right", "hashed"),
    SHAPE_COUNT_OF("keys_equal", "sessions"),
    SHAPE_COUNT_OF("confirmed", "sessions"),
    SHAPE_COUNT("forced"),
    SHAPE_COUNT_OF("caught", "forced"),
    SHAPE_COUNT_OF("eve_hypotheses", "sessions"),
    SHAPE_COUNT_OF("eve_solved", "sessions"),
    SHAPE_COUNT_OF("eve_keys", "sessions"),
    SHAPE_COUNT_OF("eve_right", "bits"),
    SHAPE_COUNT_OF("eve_agreed_right", "agreeing"),
    SHAPE_COUNT_OF("eve_distilled_right", "distilled"),
    SHAPE_SECONDS("eve_seconds"),
    {0},
};

enum { N_COUNTS = sizeof counts / sizeof counts[0] };

int agreement_write(const struct agreement_sums *sums, json_t *result) {
    int r = json_object_set_new(result, "eve_seconds", json_real(sums->eve_seconds));
    for (size_t i = 0; r == 0 && i < N_COUNTS; i++) {
        size_t value = *(const size_t *)((const char *)sums + counts[i].offset);
        r = json_object_set_new(result, counts[i].key, json_integer((json_int_t)value));
    }
    return r < 0 ? -ENOMEM : 0;
}

void agreement_read(struct agreement_sums *sums, const json_t *result) {
    for (size_t i = 0; i < N_COUNTS; i++)
        *(size_t *)((char *)sums + counts[i].offset) += lab_count(result, counts[i].key);
    sums->eve_seconds += lab_number(result, "eve_seconds");
}

/* Added up from those of all units of this n. */
static void read_sums(struct agreement_sums *sums, const struct lab_report *report, uint32_t n) {
    size_t cursor = 0;
    *sums = (struct agreement_sums){0};
    for (const json_t *unit; (unit = lab_next(report, "n", n, &cursor));) {
        agreement_read(sums, json_object_get(unit, "result"));
    }
}

/* ---- what follows from them */

struct share {
    double value, low, high; /* 99.9% */
    double surely_low, surely_high;
};

static struct share share(size_t x, size_t n) {
    struct share s = {NAN, NAN, NAN, NAN, NAN};
    if (n > 0) {
        s.value = (double)x / (double)n;
        learn_wilson(&s.low, &s.high, x, n);
        statistics_exact(&s.surely_low, &s.surely_high, x, n, CERTAIN);
    }
    return s;
}

/* The distance of the key from uniform, as a power of 2, if each of the 512 distillate bits could be guessed,
 * independently, with probability at most (1 + advantage)/2; 0 when nothing follows. */
static double what_if_log2(double advantage, double *entropyp) {
    *entropyp = SET_DISTILLATE * (1 - log2(1 + advantage));
    return *entropyp > 256 ? -1 - (*entropyp - 256) / 2 : 0;
}

/* Holenstein: 1 - delta/2 is the best prediction of a bit that Alice and Bob agree on. */
static double delta_of(double prediction) {
    return fmin(1, 2 * (1 - prediction));
}

static const struct lab_column agreement_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"bits", "bits", LAB_INTEGER, 0},
    {"agreement", "agree", LAB_FIXED, 5},
    {"agreement_low", "99.9% from", LAB_FIXED, 5},
    {"agreement_high", "to", LAB_FIXED, 5},
    {"promised", "1-theta", LAB_FIXED, 5},
    {"distilled_wrong", "wrong after repetition", LAB_TEXT, 0},
    {"hashed_wrong", "after the hash", LAB_TEXT, 0},
    {"keys", "keys equal", LAB_TEXT, 0},
    {"caught", "forced, caught", LAB_TEXT, 0},
    {"distilled_share", "", LAB_HIDDEN, 0},
};

static const struct lab_column secrecy_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"eve_right", "Eve: bits right", LAB_FIXED, 4},
    {"eve_low", "99.9% from", LAB_FIXED, 4},
    {"eve_high", "to", LAB_FIXED, 4},
    {"eve_distilled", "distillate right", LAB_FIXED, 4},
    {"eve_distilled_low", "", LAB_HIDDEN, 0},
    {"eve_distilled_high", "", LAB_HIDDEN, 0},
    {"eve_keys", "keys found", LAB_TEXT, 0},
    {"eve_hypotheses", "had a hypothesis", LAB_INTEGER, 0},
    {"eve_seconds", "used, each", LAB_DURATION, 0},
    {"advantage_high", "advantage <=", LAB_FIXED, 3},
    {"entropy", "then bits left", LAB_FIXED, 0},
    {"what_if", "key within", LAB_TEXT, 0},
    {"what_if_log2", "", LAB_HIDDEN, 0},
};

static const struct lab_column region_columns[] = {
    {"set", "set", LAB_TEXT, 0},
    {"n", "", LAB_HIDDEN, 0},
    {"epsilon", "epsilon", LAB_FIXED, 4},
    {"threshold", "(1-eps)/(1+eps)", LAB_FIXED, 4},
    {"delta", "delta left by Eve", LAB_FIXED, 4},
    {"delta_low", "99.9% from", LAB_FIXED, 4},
    {"delta_high", "to", LAB_FIXED, 4},
    {"where", "weak bit agreement", LAB_TEXT, 0},
};

int agreement_claim_keys(struct lab_report *report, const struct set *set, const struct agreement_sums *s) {
    double failure = exp2(distill_failure_log2(set)); /* of a whole session, by computation */
    size_t unconfirmed = s->sessions - (s->keys_equal < s->confirmed ? s->keys_equal : s->confirmed);
    int r = lab_claim_at_most(
        report, failure / SET_DISTILLATE, s->distilled - s->distilled_right, s->distilled,
        "%s: a distillate bit is wrong after the repetition stage (N = %u) as rarely as computed, "
        "%.2g of them (%zu of %zu were wrong)",
        set->name, (unsigned)set->repeat, failure / SET_DISTILLATE, s->distilled - s->distilled_right, s->distilled);
    if (r == 0)
        r = lab_claim_at_most(
            report, failure, unconfirmed, s->sessions,
            "%s: keys differ, or are not confirmed on both sides, in as few sessions as computed, %.2g "
            "of them (%zu of %zu)",
            set->name, failure, unconfirmed, s->sessions);
    if (r == 0)
        r = lab_claim_at_most(
            report, 0x1p-128, s->forced - s->caught, s->forced,
            "%s: confirmation lets at most 2^-128 of keys pass that differ (%zu of %zu that were made "
            "to)",
            set->name, s->forced - s->caught, s->forced);
    return r;
}

static int report_agreement(struct lab_report *report, const struct params *p, const struct agreement_sums *s) {
    char distilled[64], hashed[64], keys[64], caught[64];
    struct share agree = share(s->agreeing, s->bits);
    snprintf(distilled, sizeof distilled, "%zu of %zu", s->distilled - s->distilled_right, s->distilled);
    snprintf(hashed, sizeof hashed, "%zu of %zu", s->hashed - s->hashed_right, s->hashed);
    snprintf(keys, sizeof keys, "%zu of %zu", s->keys_equal, s->sessions);
    snprintf(caught, sizeof caught, "%zu of %zu", s->caught, s->forced);
    int r =
        lab_row(report, "agreement",
                json_pack("{s:s, s:i, s:I, s:o, s:o, s:o, s:f, s:s, s:s, s:s, s:s, s:o}", "set", p->set.name, "n",
                          (int)p->n, "bits", (json_int_t)s->bits, "agreement", lab_real(agree.value), "agreement_low",
                          lab_real(agree.low), "agreement_high", lab_real(agree.high), "promised", 1 - p->theta,
                          "distilled_wrong", distilled, "hashed_wrong", hashed, "keys", keys, "caught", caught,
                          "distilled_share", lab_real((double)s->distilled_right / (double)s->distilled)));
    if (r == 0)
        r = lab_claim_is(report, 1 - p->theta, AGREEMENT_TOLERANCE * p->theta, agree.value, agree.surely_low,
                         agree.surely_high,
                         "%s: the bits of Alice and Bob agree with probability 1 - n^(-1/2) = %.5f, n^(-1/2) to within "
                         "a tenth",
                         p->set.name, 1 - p->theta);
    return r == 0 ? agreement_claim_keys(report, &p->set, s) : r;
}

static int report_secrecy(struct lab_report *report, const struct params *p, const struct agreement_sums *s) {
    char keys[64], bound[32] = "nothing";
    struct share right = share(s->eve_right, s->bits), distilled = share(s->eve_distilled_right, s->distilled);
    /* a prediction that is wrong too often is as good as one that is right */
    double entropy, advantage = fmin(1, 2 * fmax(distilled.high, 1 - distilled.low) - 1),
                    log2_bound = what_if_log2(advantage, &entropy);
    snprintf(keys, sizeof keys, "%zu of %zu", s->eve_keys, s->sessions);
    if (s->eve_keys > 0) /* then the bits are anything but independent */
        log2_bound = 0;
    if (log2_bound < 0)
        snprintf(bound, sizeof bound, "2^%.0f", log2_bound);
    int r =
        lab_row(report, "secrecy",
                json_pack("{s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:I, s:o, s:o, s:o, s:s, s:o}", "set",
                          p->set.name, "n", (int)p->n, "eve_right", lab_real(right.value), "eve_low",
                          lab_real(right.low), "eve_high", lab_real(right.high), "eve_distilled",
                          lab_real(distilled.value), "eve_distilled_low", lab_real(distilled.low), "eve_distilled_high",
                          lab_real(distilled.high), "eve_keys", keys, "eve_hypotheses", (json_int_t)s->eve_hypotheses,
                          "eve_seconds", lab_real(s->eve_seconds / (double)s->sessions), "advantage_high",
                          lab_real(advantage), "entropy", lab_real(fmax(0, entropy)), "what_if", bound, "what_if_log2",
                          log2_bound < 0 ? lab_real(log2_bound) : json_null()));
    if (r == 0 && p->n <= EVE_WINS)
        r = lab_claim(report, s->sessions > 0 && s->eve_keys == s->sessions, (double)s->eve_keys, NAN, NAN,
                      "%s: a toy: Eve finds each of %zu session keys; those that she finds", p->set.name, s->sessions);
    if (r == 0 && p->n >= EVE_LOSES)
        r = s->eve_keys ? lab_claim(report, false, (double)s->eve_keys, NAN, NAN,
                                    "%s: Eve finds none of %zu keys; those that she found", p->set.name, s->sessions)
                        : lab_claim_is(report, 0.5, COIN_TOLERANCE, right.value, right.surely_low, right.surely_high,
                                       "%s: Eve finds no key, and predicts Bob's bits as a coin does, to within %.2f",
                                       p->set.name, COIN_TOLERANCE);
    return r;
}

static int report_region(struct lab_report *report, const struct params *p, const struct agreement_sums *s) {
    struct share agree = share(s->agreeing, s->bits), right = share(s->eve_agreed_right, s->agreeing);
    double epsilon = 2 * agree.value - 1, threshold = (1 - epsilon) / (1 + epsilon);
    double low = delta_of(right.surely_high), high = delta_of(right.surely_low);
    const char *where = high <= threshold ? "outside: she predicts it"
                        : low > threshold ? "inside, for this Eve"
                                          : "undecided";
    int r = lab_row(report, "region",
                    json_pack("{s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:s}", "set", p->set.name, "n", (int)p->n, "epsilon",
                              lab_real(epsilon), "threshold", lab_real(threshold), "delta",
                              lab_real(delta_of(right.value)), "delta_low", lab_real(delta_of(right.high)),
                              "delta_high", lab_real(delta_of(right.low)), "where", where));
    if (r == 0 && p->n <= EVE_WINS)
        r = lab_claim_between(report, 0, threshold, delta_of(right.value), low, high,
                              "%s: delta is below (1-eps)/(1+eps) = %.4f, no weak bit agreement against Eve",
                              p->set.name, threshold);
    if (r == 0 && p->n >= EVE_LOSES)
        r = lab_claim_between(report, threshold, INFINITY, delta_of(right.value), low, high,
                              "%s: delta against this Eve is above (1-eps)/(1+eps) = %.4f, inside the region",
                              p->set.name, threshold);
    return r;
}

#define COLUMNS(c) c, sizeof(c) / sizeof *(c)

static int report_lpn(struct lab_report *report) {
    struct agreement_sums sums;
    struct params p;
    int r = lab_table(report, "agreement", COLUMNS(agreement_columns));
    if (r == 0)
        r = lab_table(report, "secrecy", COLUMNS(secrecy_columns));
    if (r == 0)
        r = lab_table(report, "region", COLUMNS(region_columns));
    for (uint32_t n = 32; r == 0 && n <= PARAMS_N_MAX; n += 32) {
        size_t cursor = 0;
        if (!lab_next(report, "n", n, &cursor) || (r = params_make(&p, n)) < 0)
            continue;
        read_sums(&sums, report, n);
        r = report_agreement(report, &p, &sums);
        if (r == 0)
            r = report_secrecy(report, &p, &sums);
        if (r == 0)
            r = report_region(report, &p, &sums);
    }
    static const char *const notes[] = {
        "Eve has the same labels and runs information-set decoding until her budget is used; her best hypothesis then "
        "predicts Bob's bits. At the largest sets the budget may end before she has any: then she says 0.",
        "What is claimed of secrecy: with f the failure rate and eps = k eps_recipe + eps_LPN, she finds the key with "
        "a "
        "chance of at most (eps + 2^-129)/(1 - f), and tells it from random with an advantage of at most "
        "(eps + 2^-129 + f)/(1 - f). Both eps are assumed to be small, for all efficient means, not measured.",
        "What if each of the 512 distillate bits could be guessed, independently, with probability at most "
        "(1+delta)/2: "
        "then H = 512 (1 - log2(1+delta)) bits are left, and the key is within 2^(-1-(H-256)/2) of uniform. "
        "\"advantage "
        "<=\" puts in for delta the upper end (99.9%) of what this Eve reached, right or wrong; more labels would "
        "narrow it down. Where she has keys nothing follows.",
        "Weak bit agreement (Holenstein 2005): if bits agree with probability (1+eps)/2 and nobody efficient predicts "
        "a "
        "bit that was agreed on better than with probability 1 - delta/2, a key follows, for constant eps and delta, "
        "if "
        "and only if delta > (1-eps)/(1+eps). Here eps = 1 - 2 theta, so that is theta/(1-theta). The delta above is "
        "what this Eve left in her budget: it measures her, and bounds nobody else.",
    };
    for (size_t i = 0; r == 0 && i < sizeof notes / sizeof notes[0]; i++)
        r = lab_note(report, "%s", notes[i]);
    return r;
}

int agreement_report(struct lab_report *report) {
    int r = lab_has_lpn(report) ? report_lpn(report) : 0;
    return r == 0 ? agreement_tasks_report(report) : r;
}

const char agreement_figure[] =
    "set title 'The same bits: Alice and Bob, and Eve'\n"
    "set xlabel 'dimension n'\n"
    "set ylabel 'share of Bob''s bits that are right'\n"
    "set logscale x\n"
    "set xtics (64, 128, 256, 512, 1024, 2048, 4096, 8192)\n"
    "set xrange [50:10500]\n"
    "set yrange [0.45:1.02]\n"
    "plot 0.5 title 'a coin' lt 8, \\\n"
    "     1 - 1/sqrt(x) title 'promised: 1 - n^{-1/2}' lt 2, \\\n"
    "     'agreement.tsv' using 'n':'agreement' with points title 'Alice' lt 1, \\\n"
    "     'secrecy.tsv' using 'n':'eve_right' with points title 'Eve' lt 3 pt "
    "4 ps "
    "3.2, \\\n"
    "     'agreement.tsv' using 'n':'distilled_share' with points title 'Alice, after repetition' lt 5, \\\n"
    "     'secrecy.tsv' using 'n':'eve_distilled' with points title 'Eve, after repetition' lt 4 pt 12 ps 4\n";

/* Against what the bits lack to agreeing always, 1 - epsilon, so that the sets stand apart; their names above. */
const char agreement_region_figure[] =
    "set title 'Which weak bit agreement gives a key (Holenstein 2005)'\n"
    "set xlabel '1 - epsilon: Alice''s and Bob''s bits agree with probability (1 + epsilon)/2'\n"
    "set ylabel 'delta: Eve predicts with 1 - delta/2'\n"
    "set logscale x\n"
    "set xrange [0.4:0.015]\n"
    "set xtics (0.02, 0.05, 0.1, 0.2, 0.4)\n"
    "set yrange [-0.05:1.1]\n"
    "set ytics 0, 0.2, 1\n"
    "set x2range [0.4:0.015]\n"
    "set logscale x2\n"
    "set x2tics () font ',20'\n"
    "threshold(t) = t / (2 - t)\n"
    "plot '+' using 1:(threshold($1)):(1.1) with filledcurves lc rgb '#1b7837' fs transparent solid 0.12 noborder "
    "title "
    "'a key follows', \\\n"
    "     threshold(x) title 'delta = (1 - epsilon)/(1 + epsilon)' lt 2, \\\n"
    "     'region.tsv' using (1 - column('epsilon')):'delta':'delta_low':'delta_high':x2tic(stringcolumn('set')) with "
    "yerrorbars "
    "title "
    "'the sets, against this Eve, with 99.9% interval' lt 1\n";
