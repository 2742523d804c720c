/* HOST:PORT on the command line, and socket addresses as text. */
#ifndef PARLEY_NET_ADDRESS_H
#define PARLEY_NET_ADDRESS_H

#include <stdbool.h>

struct sockaddr;

#define ADDRESS_DEFAULT_PORT "24022"

enum { ADDRESS_TEXT = 80 }; /* "[v6%scope]:port" and a NUL */

struct address {
    char host[256];
    char port[6]; /* decimal */
    bool assumed; /* the host was left out */
};

/* HOST:PORT, [V6]:PORT, HOST, V6, :PORT; what is left out is default_host and the default port. -EINVAL. */
int address_parse(struct address *out, const char *text, const char *default_host);

/* As the user would type it: "[::1]:24022". */
void address_name(char out[static ADDRESS_TEXT + 256], const struct address *a);

/* "[::1]:24022", "192.0.2.7:24022"; a v4 address mapped into v6 is shown as v4. */
void address_text(char out[static ADDRESS_TEXT], const struct sockaddr *sa);

bool address_is_loopback(const struct sockaddr *sa);

/* :: and ::1 have a twin in IPv4 to fall back to: its text, else NULL. */
const char *address_ipv4_twin(const struct address *a);

#endif
