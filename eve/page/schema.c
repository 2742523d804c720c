#include "eve/page/schema.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum kind {
    TEXT,   /* anything that a person may read */
    NAME,   /* printable ASCII, at most NAME_MAX_BYTES */
    ID,     /* 16 hex digits */
    KEY,    /* 64 of them */
    SIDE,   /* "alice", "bob" */
    COUNT,  /* a whole number from 0 to 2^53, which a browser can hold */
    NUMBER, /* any finite one */
    FLAG,
    ROUNDS,  /* a list of at most ROUNDS_MAX objects with two COUNTs, wrong and unsettled */
    FIGURES, /* a list of at most FIGURES_MAX objects with a NAME and two NUMBERs */
};

enum { NAME_MAX_BYTES = 128, FIELDS_MAX = 16, FIGURES_MAX = 8, ROUNDS_MAX = 32 };

struct field {
    const char *name;
    enum kind kind;
    bool optional;
};

struct event {
    const char *name;
    struct field fields[FIELDS_MAX];
};

static const struct field of_all[] = {
    {"schema", COUNT, false}, {"event", NAME, false},   {"side", SIDE, false},
    {"time", NUMBER, false},  {"clock", COUNT, false},  {"session", ID, true},
    {"peer", NAME, true},     {"identity", NAME, true}, {"rekey", FLAG, true},
};

static const struct event events[] = {
    {"listening", {{"address", NAME, false}}},
    {"connected", {{NULL, TEXT, false}}},
    {"step", {{"step", NAME, false}, {"bytes", COUNT, false}, {"seconds", NUMBER, false}, {"attempt", COUNT, false}}},
    {"learned",
     {{"params", NAME, false},
      {"attempt", COUNT, false},
      {"accepted", FLAG, false},
      {"symbol_error", NUMBER, true},
      {"symbol_error_expected", NUMBER, true},
      {"figures", FIGURES, true},
      {"code_bits", COUNT, true},
      {"rounds", ROUNDS, true},
      {"iterations", COUNT, false},
      {"disagreements", COUNT, false},
      {"plain_labels", COUNT, false},
      {"disagreement", NUMBER, true},
      {"disagreement_expected", NUMBER, true}}},
    {"agreed",
     {{"challenges", COUNT, false},
      {"repeat", COUNT, false},
      {"distillate", COUNT, false},
      {"failure_log2", NUMBER, true},
      {"agreement_expected", NUMBER, false},
      {"agreeing", COUNT, true},
      {"agreement", NUMBER, true},
      {"noise", NUMBER, true},
      {"noise_expected", NUMBER, true}}},
    {"confirmed",
     {{"params", NAME, false},
      {"task", NAME, true},
      {"experimental", FLAG, true},
      {"fingerprint", NAME, false},
      {"authenticated", FLAG, true},
      {"bytes", COUNT, false},
      {"seconds", NUMBER, false}}},
    {"called", {{"label", TEXT, false}}},
    {"open", {{NULL, TEXT, false}}},
    {"closed",
     {{"step", NAME, false},
      {"status", COUNT, false},
      {"reason", TEXT, false},
      {"by_peer", FLAG, false},
      {"bytes", COUNT, false},
      {"seconds", NUMBER, false}}},
    {"error", {{"text", TEXT, false}}},
};

static const struct event private_event = {"captions",
                                           {{"params", NAME, false}, {"attempt", COUNT, false}, {"key", KEY, false}}};

static bool printable(const char *text) {
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

static bool fits(const json_t *value, enum kind kind);

static bool are_figures(const json_t *list) {
    if (!json_is_array(list) || json_array_size(list) > FIGURES_MAX)
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *f = json_array_get(list, i);
        if (json_object_size(f) != 3 || !fits(json_object_get(f, "what"), NAME) ||
            !fits(json_object_get(f, "measured"), NUMBER) || !fits(json_object_get(f, "expected"), NUMBER))
            return false;
    }
    return true;
}

static bool are_rounds(const json_t *list) {
    if (!json_is_array(list) || json_array_size(list) > ROUNDS_MAX)
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *r = json_array_get(list, i);
        if (json_object_size(r) != 2 || !fits(json_object_get(r, "wrong"), COUNT) ||
            !fits(json_object_get(r, "unsettled"), COUNT))
            return false;
    }
    return true;
}

static bool fits(const json_t *value, enum kind kind) {
    const char *text = json_string_value(value);
    switch (kind) {
    case TEXT:
        return text && strlen(text) <= SCHEMA_TEXT;
    case NAME:
        return text && strlen(text) <= NAME_MAX_BYTES && printable(text);
    case ID:
        return text && strlen(text) == 16 && strspn(text, "0123456789abcdef") == 16;
    case KEY:
        return text && strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
    case SIDE:
        return text && (strcmp(text, "alice") == 0 || strcmp(text, "bob") == 0);
    case COUNT:
        return json_is_integer(value) && json_integer_value(value) >= 0 &&
               json_integer_value(value) <= (json_int_t)1 << 53;
    case NUMBER:
        return json_is_number(value);
    case FLAG:
        return json_is_boolean(value);
    case FIGURES:
        return are_figures(value);
    case ROUNDS:
        return are_rounds(value);
    }
    return false;
}

static const char *words(enum kind kind) {
    static const char *const all[] = {
        [TEXT] = "a text of at most 8 KiB",
        [NAME] = "a short text in plain ASCII",
        [ID] = "16 hex digits",
        [KEY] = "64 hex digits",
        [SIDE] = "alice or bob",
        [COUNT] = "a whole number",
        [NUMBER] = "a number",
        [FLAG] = "true or false",
        [ROUNDS] = "a list of rounds, each with wrong and unsettled",
        [FIGURES] = "a list of figures, each with what, measured and expected",
    };
    return all[kind];
}

/* Whether the field is as it must be; then it is kept. */
static bool take(json_t *kept, const json_t *object, const struct field *field, char why[static SCHEMA_WHY]) {
    json_t *value = json_object_get(object, field->name);
    if (!value && field->optional)
        return true;
    if (value && fits(value, field->kind))
        return json_object_set(kept, field->name, value) == 0;
    snprintf(why, SCHEMA_WHY, value ? "'%s' is not %s" : "'%s' is missing: %s", field->name, words(field->kind));
    return false;
}

static const struct event *find(const json_t *object) {
    const char *name = json_string_value(json_object_get(object, "event"));
    for (size_t i = 0; name && i < sizeof events / sizeof events[0]; i++)
        if (strcmp(events[i].name, name) == 0)
            return &events[i];
    return NULL;
}

static json_t *check(const json_t *object, const struct event *event, char why[static SCHEMA_WHY]) {
    json_t *kept = json_object();
    snprintf(why, SCHEMA_WHY, "out of memory");
    bool good = kept;
    for (size_t i = 0; good && i < sizeof of_all / sizeof of_all[0]; i++)
        good = take(kept, object, &of_all[i], why);
    if (good && json_integer_value(json_object_get(object, "schema")) != 1) {
        snprintf(why, SCHEMA_WHY, "its schema is not 1");
        good = false;
    } else if (good && !event) {
        snprintf(why, SCHEMA_WHY, "alice and bob have no such event");
        good = false;
    }
    for (size_t i = 0; good && i < FIELDS_MAX && event->fields[i].name; i++)
        good = take(kept, object, &event->fields[i], why);
    if (good)
        return kept;
    json_decref(kept);
    return NULL;
}

static json_t *read_line(const char *line, size_t n, bool is_private, char why[static SCHEMA_WHY]) {
    json_error_t error;
    json_t *object = json_loadb(line, n, JSON_REJECT_DUPLICATES, &error), *kept = NULL;
    const char *name = json_string_value(json_object_get(object, "event"));
    bool captions = name && strcmp(name, private_event.name) == 0;
    if (!json_is_object(object))
        snprintf(why, SCHEMA_WHY, "it is no JSON object");
    else
        kept = check(object, !is_private ? find(object) : captions ? &private_event : NULL, why);
    json_decref(object);
    return kept;
}

json_t *schema_read(const char *line, size_t n, char why[static SCHEMA_WHY]) {
    return read_line(line, n, false, why);
}

json_t *schema_read_private(const char *line, size_t n, char why[static SCHEMA_WHY]) {
    return read_line(line, n, true, why);
}
