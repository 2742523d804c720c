#include "alice/browser/how/look_fresh.h"

#include "common/base/bytes.h"
#include "common/base/secret.h"

#include <errno.h>
#include <stdlib.h>

static bool bits(const struct look_fresh *f) {
    return f->data->joint->set->modulus == 2;
}

static uint16_t label(const struct look_fresh *f, const uint8_t *labels, size_t i) {
    return bits(f) ? (uint16_t)bit_get(labels, i) : load16_le(labels + 2 * i);
}

int look_fresh_init(struct look_fresh *f, const struct look_data *data) {
    *f = (struct look_fresh){.data = data, .n = set_challenges(data->joint->set)};
    size_t size = bits(f) ? bits_to_bytes(f->n) : 2 * f->n;
    f->errors = secret_new(size);
    for (int who = 0; who < LOOK_BOTH; who++)
        f->predicted[who] = secret_new(size);
    return f->errors && f->predicted[LOOK_ALICE] && f->predicted[LOOK_EVE] ? 0 : -ENOMEM;
}

void look_fresh_deinit(struct look_fresh *f) {
    for (int who = 0; who < LOOK_BOTH; who++)
        secret_free(f->predicted[who]);
    secret_free(f->errors);
    *f = (struct look_fresh){0};
}

uint16_t look_fresh_off(const struct look_fresh *f, enum look_who who, size_t i) {
    uint16_t bob = label(f, f->data->answers->fresh, i), said = label(f, f->predicted[who], i);
    return bits(f) ? bob ^ said : (uint16_t)abs((int16_t)(uint16_t)(bob - said));
}

static bool is_right(const struct look_fresh *f, enum look_who who, size_t i) {
    uint32_t quarter = f->data->joint->set->modulus / 4;
    return look_fresh_off(f, who, i) < (quarter ? quarter : 1);
}

void look_fresh_judge(struct look_fresh *f) {
    for (enum look_who who = 0; who < LOOK_BOTH; who++)
        for (size_t i = 0; i < f->n; i++)
            f->n_right[who] += is_right(f, who, i);
}

void look_fresh_write(const struct look_fresh *f, struct writer *w, uint32_t i) {
    uint32_t right[LOOK_BOTH] = {0};
    for (enum look_who who = 0; who < LOOK_BOTH; who++)
        for (uint32_t before = 0; before <= i; before++)
            right[who] += is_right(f, who, before);
    writer_integer(w, "bob", label(f, f->data->answers->fresh, i));
    if (bits(f))
        writer_bool(w, "lie", bit_get(f->errors, i));
    else
        writer_integer(w, "error", (int16_t)label(f, f->errors, i));
    writer_integer(w, "alice", label(f, f->predicted[LOOK_ALICE], i));
    writer_integer(w, "eve", label(f, f->predicted[LOOK_EVE], i));
    if (!bits(f)) {
        writer_integer(w, "alice_off", look_fresh_off(f, LOOK_ALICE, i));
        writer_integer(w, "eve_off", look_fresh_off(f, LOOK_EVE, i));
    }
    writer_integer(w, "alice_right", right[LOOK_ALICE]);
    writer_integer(w, "eve_right", right[LOOK_EVE]);
}
