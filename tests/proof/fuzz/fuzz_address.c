/* HOST:PORT as it is typed after --connect and --listen. What is accepted can be typed again as it is shown. */
#include "common/shell/net/address.h"
#include "tests/proof/fuzz/fuzz.h"

#include <errno.h>

static void check(const struct address *a) {
    REQUIRE(memchr(a->host, 0, sizeof a->host) && memchr(a->port, 0, sizeof a->port));
    REQUIRE(a->host[0] && !strpbrk(a->host, "[]"));
    REQUIRE(a->port[0] && strspn(a->port, "0123456789") == strlen(a->port) && atoi(a->port) <= 65535);
}

void fuzz_target(const uint8_t *data, size_t size) {
    struct address a, again;
    char name[ADDRESS_TEXT + 256];
    char *text = malloc(size + 1);
    REQUIRE(text);
    if (size)
        memcpy(text, data, size);
    text[size] = 0;
    int r = address_parse(&a, text, "::1");
    REQUIRE(r == 0 || r == -EINVAL);
    if (r == 0) {
        check(&a);
        address_name(name, &a);
        REQUIRE(memchr(name, 0, sizeof name));
        REQUIRE(address_parse(&again, name, "::") == 0);
        REQUIRE(strcmp(a.host, again.host) == 0 && strcmp(a.port, again.port) == 0);
        const char *twin = address_ipv4_twin(&a);
        REQUIRE(!twin || strchr(a.host, ':'));
    } else if (strlen(text) >= sizeof a.host)
        fuzz_ended_at_length();
    free(text);
}
