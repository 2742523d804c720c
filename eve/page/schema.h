/* What a line of a file of events may say: alice's and bob's events as common/shell/told/EVENTS.md documents them, and
 * nothing else, since such a file may come from anybody. Pure. */
#ifndef PARLEY_EVE_PAGE_SCHEMA_H
#define PARLEY_EVE_PAGE_SCHEMA_H

#include <jansson.h>
#include <stddef.h>

enum {
    SCHEMA_WHY = 120,
    SCHEMA_TEXT = 8192, /* bytes of a text, at most */
};

/* A new object with the documented fields of the line, each of its documented type; fields that are not documented are
 * left out. NULL: no such event, and why, for a person; nothing of what the line says is in it. */
json_t *schema_read(const char *line, size_t n, char why[static SCHEMA_WHY]);

/* The same of a line of alice's --private-events, which the page never takes: its `key` is 64 hex digits. */
json_t *schema_read_private(const char *line, size_t n, char why[static SCHEMA_WHY]);

#endif
