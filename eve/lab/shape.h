/* What a JSON object from a file must look like before anybody computes with it: tables of fields. What a table does
 * not name may be there, and is not looked at. */
#ifndef PARLEY_EVE_LAB_SHAPE_H
#define PARLEY_EVE_LAB_SHAPE_H

#include <jansson.h>
#include <stdbool.h>

enum shape_type {
    SHAPE_INTEGER, /* from least to most */
    SHAPE_NUMBER,  /* the same; integers too */
    SHAPE_SIZE,    /* an n: a multiple of 32 from 32 to 8192 */
    SHAPE_SET,     /* the name of a set of another task than LPN */
    SHAPE_BOOLEAN,
    SHAPE_WORD,   /* one of `words` */
    SHAPE_TEXT,   /* of at most `most` bytes, of any kind: whoever prints it escapes it */
    SHAPE_OBJECT, /* with the fields `of`; NULL: any object */
    SHAPE_LIST,   /* of such objects */
};

struct shape {
    const char *name; /* NULL ends a table */
    enum shape_type type;
    double least, most;
    bool optional, or_null;
    const char *const *words; /* NULL ends them */
    const struct shape *of;
    const char *within; /* no larger than this field, which the table has too */
};

/* 2^20 such counts add up to less than 2^53. */
#define SHAPE_COUNT_MAX 1e9

#define SHAPE_COUNT(field)                                                                                             \
    { .name = (field), .type = SHAPE_INTEGER, .most = SHAPE_COUNT_MAX }
#define SHAPE_COUNT_OF(field, all)                                                                                     \
    { .name = (field), .type = SHAPE_INTEGER, .most = SHAPE_COUNT_MAX, .within = (all) }
#define SHAPE_SECONDS(field)                                                                                           \
    { .name = (field), .type = SHAPE_NUMBER, .most = 1e12 }

enum { SHAPE_PROBLEM = 200 };

/* 0, or -EBADMSG and in problem what is wrong with which field, escaped. */
int shape_check(const struct shape *table, const json_t *value, char problem[static SHAPE_PROBLEM]);

#endif
