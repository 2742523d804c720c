/* Names at the switchboard: what stands in front of the lines of one alice, and what bob types after @ for her alone.
 *
 * An alice chooses her name. So a label has letters of any script (common/base/letters.h), digits, '.', '_' and '-' of
 * it at most, in UTF-8, and '/' where the beginning of her session id follows; there is only one of each among those
 * who are here; and none is, or could be taken for, the session id of somebody else. */
#ifndef PARLEY_BOB_LABEL_H
#define PARLEY_BOB_LABEL_H

#include <stdbool.h>
#include <stddef.h>

enum {
    LABEL_NAME = 64, /* bytes of a name: as many as an alice tells (proto/sealed.h) */
    LABEL_KEY = 12,  /* characters of a key: 72 bits, so that nobody searches for a key with the same ones */
    LABEL_TEXT = LABEL_NAME + 1 + 16 + 1,
};

/* The label of a session that has become open.
 * name: as she calls herself, any bytes but NUL; id: of her session, 16 hex digits; key: hers in URL-safe base64 if it
 * is pinned, and then nothing else counts, else NULL; taken: whether another one who is here has this label, or one
 * that looks like it (common/base/name_alike.h). */
void label_make(char out[static LABEL_TEXT], const char *name, const char *id, const char *key,
                bool (*taken)(void *user, const char *label), void *user);

/* For a line that begins with '@': how many bytes after that are the addressee, 0 if there is none, and at which byte
 * of the line the text begins, behind a colon, a blank or both; the line's end if there is none. */
size_t label_addressee(const char *line, size_t n, size_t *textp);

/* Whether the addressee of n bytes is the session with this label and id. */
bool label_is(const char *label, const char *id, const char *addressee, size_t n);

#endif
