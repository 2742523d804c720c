#include "eve/lab/shape.h"

#include "common/base/text.h"
#include "common/task/lpn/params.h"
#include "common/task/table/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where we are: names from the outermost field in. */
struct place {
    const struct place *outer;
    const char *name;
    size_t index; /* in a list, from 1; 0: in none */
};

static size_t place_text(char *out, size_t capacity, const struct place *place) {
    size_t used = place->outer ? place_text(out, capacity, place->outer) : 0;
    int n = place->index ? snprintf(out + used, capacity - used, "[%zu]", place->index)
                         : snprintf(out + used, capacity - used, "%s%s", used ? "." : "", place->name);
    return used + (n > 0 && (size_t)n < capacity - used ? (size_t)n : 0);
}

static void value_text(char *out, size_t capacity, const json_t *value) {
    static const char *const kinds[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list", [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",      [JSON_NULL] = "null",
    };
    if (!value)
        snprintf(out, capacity, "missing");
    else if (json_is_integer(value))
        snprintf(out, capacity, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        snprintf(out, capacity, "%.9g", json_real_value(value));
    else if (json_is_string(value)) {
        char text[48];
        text_escape(text, sizeof text, (const uint8_t *)json_string_value(value), json_string_length(value));
        snprintf(out, capacity, "'%s'", text);
    } else
        snprintf(out, capacity, "%s", kinds[json_typeof(value)]);
}

__attribute__((format(printf, 4, 5))) static int wrong(char problem[static SHAPE_PROBLEM], const struct place *place,
                                                       const json_t *value, const char *format, ...) {
    char where[64] = "", what[56], wanted[72];
    va_list args;
    va_start(args, format);
    vsnprintf(wanted, sizeof wanted, format, args);
    va_end(args);
    place_text(where, sizeof where, place);
    value_text(what, sizeof what, value);
    snprintf(problem, SHAPE_PROBLEM, "%s is %s, not %s", where, what, wanted);
    return -EBADMSG;
}

static int check_table(const struct shape *table, const json_t *object, const struct place *outer,
                       char problem[static SHAPE_PROBLEM]);

static int check_list(const struct shape *field, const json_t *list, const struct place *place,
                      char problem[static SHAPE_PROBLEM]) {
    size_t i;
    json_t *element;
    json_array_foreach(list, i, element) {
        struct place here = {.outer = place, .index = i + 1};
        int r = json_is_object(element) ? check_table(field->of, element, &here, problem)
                                        : wrong(problem, &here, element, "an object");
        if (r < 0)
            return r;
    }
    return 0;
}

static bool is_word(const char *const *words, const char *text) {
    while (*words && strcmp(*words, text) != 0)
        words++;
    return *words;
}

static bool is_other_set(const char *name) {
    const struct set *set = table_set(name);
    return set && strcmp(set->task->name, "lpn") != 0;
}

static bool in_range(const struct shape *field, const json_t *value) {
    double number = json_number_value(value);
    return number >= field->least && number <= field->most;
}

static int check_field(const struct shape *field, const json_t *value, const struct place *place,
                       char problem[static SHAPE_PROBLEM]) {
    switch (field->type) {
    case SHAPE_INTEGER:
        return json_is_integer(value) && in_range(field, value)
                   ? 0
                   : wrong(problem, place, value, "an integer from %.0f to %.0f", field->least, field->most);
    case SHAPE_NUMBER:
        return json_is_number(value) && in_range(field, value)
                   ? 0
                   : wrong(problem, place, value, "a number from %g to %g", field->least, field->most);
    case SHAPE_SIZE: {
        json_int_t n = json_integer_value(value);
        return n >= 32 && n <= PARAMS_N_MAX && n % 32 == 0
                   ? 0
                   : wrong(problem, place, value, "a multiple of 32 from 32 to %d", PARAMS_N_MAX);
    }
    case SHAPE_SET:
        return json_is_string(value) && is_other_set(json_string_value(value))
                   ? 0
                   : wrong(problem, place, value, "a set of another task than lpn");
    case SHAPE_BOOLEAN:
        return json_is_boolean(value) ? 0 : wrong(problem, place, value, "true or false");
    case SHAPE_WORD:
        return json_is_string(value) && is_word(field->words, json_string_value(value))
                   ? 0
                   : wrong(problem, place, value, "a word that belongs there ('%s', ...)", field->words[0]);
    case SHAPE_TEXT:
        return json_is_string(value) && (double)json_string_length(value) <= field->most
                   ? 0
                   : wrong(problem, place, value, "a text of at most %.0f bytes", field->most);
    case SHAPE_OBJECT:
        return json_is_object(value) ? check_table(field->of, value, place, problem)
                                     : wrong(problem, place, value, "an object");
    case SHAPE_LIST:
        return json_is_array(value) ? check_list(field, value, place, problem) : wrong(problem, place, value, "a list");
    }
    return -EBADMSG;
}

static int check_table(const struct shape *table, const json_t *object, const struct place *outer,
                       char problem[static SHAPE_PROBLEM]) {
    for (const struct shape *field = table; field && field->name; field++) {
        const json_t *value = json_object_get(object, field->name);
        struct place place = {.outer = outer, .name = field->name};
        if ((!value && field->optional) || (json_is_null(value) && field->or_null))
            continue;
        int r = check_field(field, value, &place, problem);
        if (r == 0 && field->within) {
            const json_t *all = json_object_get(object, field->within);
            if (json_number_value(value) > json_number_value(all))
                r = wrong(problem, &place, value, "at most %s, %.12g", field->within, json_number_value(all));
        }
        if (r < 0)
            return r;
    }
    return 0;
}

int shape_check(const struct shape *table, const json_t *value, char problem[static SHAPE_PROBLEM]) {
    if (json_is_object(value))
        return check_table(table, value, NULL, problem);
    snprintf(problem, SHAPE_PROBLEM, "no JSON object");
    return -EBADMSG;
}
