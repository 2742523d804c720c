/* By which names a browser may know us. A browser sends what a page asks for to whatever address the page's name leads
 * to, and that name is its owner's: one that is made to lead here ("DNS rebinding") lets a foreign page talk to us as
 * if it were ours. Addresses, and names that are not for anybody to give, cannot be made to lead anywhere. Pure. */
#ifndef PARLEY_EVE_PAGE_HOST_H
#define PARLEY_EVE_PAGE_HOST_H

#include <stdbool.h>

struct sockaddr;

/* Whether host, as in the field Host, is the address at which the request came in (local), "localhost" if that is
 * loopback, or one of names, of which NULL is the end, small or capital, also with ".local" behind it. Ports do not
 * count: they may be passed on. local NULL: only the names are known. */
bool host_is_ours(const char *host, const struct sockaddr *local, const char *const names[]);

#endif
