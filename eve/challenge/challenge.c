#include "eve/challenge/challenge.h"

#include "eve/learn/view.h"

#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 4))) static int refuse(char *error, int number, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(error, CHALLENGE_ERROR, format, args);
    va_end(args);
    return number;
}

/* What must hold of the one session. */
static int check_session(const struct observe_facts *f, const char *path, char *error) {
    static const char *const who[] = {"Alice", "Bob"};
    uint8_t key[32];
    struct view view;
    if (!f->complete)
        return refuse(error, -EBADMSG, "%.100s: the session is not complete: %.160s", path, f->problem);
    if (!f->composed || !f->labels || !f->masked)
        return refuse(error, -ENOMEM, "out of memory");
    for (int side = 0; side < 2; side++) {
        if (!f->commitment_holds[side])
            return refuse(error, -EBADMSG, "%.150s: %s's number does not open the commitment", path, who[side]);
        if ((f->n_signature[side] != 0) != f->has_identity[side])
            return refuse(error, -EBADMSG, "%.150s: %s's identity and signature do not go together", path, who[side]);
    }
    if (!view_of(&view, key, f))
        return refuse(error, -EBADMSG, "%.150s: no learner is for the task %.30s", path, f->set->task->name);
    return 0;
}

int challenge_read(struct challenge *c, const char *path, char error[static CHALLENGE_ERROR]) {
    const struct capture_config config = {.keep_samples = true};
    *c = (struct challenge){0};
    int r = capture_read(&c->capture, path, &config, error);
    if (r < 0)
        return r;
    const struct capture *k = &c->capture;
    if (k->warning[0])
        return refuse(error, -EBADMSG, "%.50s: %.240s", path, k->warning);
    if (k->unkept)
        return refuse(error, -ENOMEM, "out of memory");
    if (k->n_sessions != 1 || k->other_connections)
        return refuse(error, -EBADMSG,
                      "%.150s: %zu Parley sessions and %llu other connections; a challenge is one session", path,
                      k->n_sessions, (unsigned long long)k->other_connections);
    if (k->damaged || k->fragments)
        return refuse(error, -EBADMSG, "%.150s: damaged packets or fragments in it", path);
    r = check_session(k->sessions[0]->facts, path, error);
    if (r == 0)
        c->facts = k->sessions[0]->facts;
    return r;
}

void challenge_deinit(struct challenge *c) {
    capture_deinit(&c->capture);
    *c = (struct challenge){0};
}

bool challenge_key(const struct challenge *c, const uint8_t key[static 32]) {
    struct keys keys;
    keys_from_session(&keys, key);
    bool good = derive_confirms(c->facts, &keys);
    sodium_memzero(&keys, sizeof keys);
    return good;
}

int challenge_secret(const struct challenge *c, const char *hex, struct keys *keys,
                     char error[static CHALLENGE_ERROR]) {
    _Alignas(8) uint8_t s[TASK_HYPOTHESIS_MAX] = {0};
    uint8_t key[32];
    struct view view;
    sodium_memzero(keys, sizeof *keys);
    if (!view_of(&view, key, c->facts)) /* challenge_read has asked */
        return refuse(error, -EINVAL, "no secret is known of this task");
    size_t n = view_hypothesis_bytes(&view), bits = view_columns(&view);
    if (bytes_from_hex(s, n, hex) < 0)
        return refuse(error, -EINVAL, "a secret of %s is %zu hex digits, as eve learn --json writes it",
                      c->facts->set->name, 2 * n);
    if (bits % 8 && s[n - 1] >> bits % 8)
        return refuse(error, -EINVAL, "a secret of %s has %zu bits; those behind them must be 0", c->facts->set->name,
                      bits);
    return derive_keys(keys, c->facts, s);
}

void challenge_line(const struct challenge *c, const uint8_t key[static 32], const char *secret,
                    char line[static CHALLENGE_LINE]) {
    char text[sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL)];
    sodium_bin2base64(text, sizeof text, key, 32, sodium_base64_VARIANT_ORIGINAL);
    snprintf(line, CHALLENGE_LINE, "parley-challenge-1 %s %s %s%s%s", c->facts->set->name, c->facts->session, text,
             secret ? " " : "", secret ? secret : "");
}
