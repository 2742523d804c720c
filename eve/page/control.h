/* Who may see the page, and who may change what it shows. Pure.
 *
 * A browser sends what any page in it asks for: so a request counts only if its Host is the address we listen at (a
 * foreign name that leads here is somebody else's page), and a change only with the token, which only who read the
 * terminal has, and with our own origin. At an address that is not loopback nobody may change anything, and who looks
 * at what happens needs the viewers' token. */
#ifndef PARLEY_EVE_PAGE_CONTROL_H
#define PARLEY_EVE_PAGE_CONTROL_H

#include "common/shell/net/web.h"

#include <stdbool.h>

enum { CONTROL_TOKEN = 33 }; /* 128 bits in hex and a NUL */

struct control {
    char token[CONTROL_TOKEN];
    char lead[CONTROL_TOKEN]; /* with which others can be led, and nothing else changed; "": nobody has it */
    char host[300];           /* "127.0.0.1:8422": what a browser calls us */
    bool loopback;            /* changes are possible at all */
};

/* host: the address we listen at, with the port; random: 16 bytes. */
void control_init(struct control *c, const char *host, bool loopback, const uint8_t random[static 16]);

/* random: 16 bytes. Whoever has what follows from them may say at which moment the lecture is, also where nobody may
 * change anything. */
void control_let_lead(struct control *c, const uint8_t random[static 16]);

/* NULL: go on. Otherwise why not, for a person. is_open: what is asked for is part of this program, no secret, and
 * needs no viewers' token: a style sheet is asked for without one. */
const char *control_refuses(const struct control *c, const struct web_request *request, bool is_open);

/* It comes from who gives the lecture: with the token that allows changes, or to lead. */
bool control_lectures(const struct control *c, const struct web_request *request);

/* The request has the token, in a field or in its address. */
bool control_knows(const struct control *c, const struct web_request *request);

#endif
