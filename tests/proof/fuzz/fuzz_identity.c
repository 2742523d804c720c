/* The file of an identity. What is accepted is one line, and says itself which key it holds; what is not gets one plain
 * line that says why. */
#include "common/shell/host/identity_file.h"
#include "tests/proof/fuzz/fuzz.h"

#include <errno.h>
#include <sodium.h>

void fuzz_target(const uint8_t *data, size_t size) {
    struct identity identity, again;
    char why[IDENTITY_WHY] = "", text[IDENTITY_TEXT];
    int r = identity_file_parse((const char *)data, size, &identity, why);
    REQUIRE(r == 0 || r == -EBADMSG);
    REQUIRE(memchr(why, 0, sizeof why));
    if (r < 0) {
        REQUIRE(*why);
        for (const char *p = why; *p; p++)
            REQUIRE(*p >= ' ' && *p < 0x7f);
        if (strstr(why, "one line of"))
            fuzz_ended_at_length();
        return;
    }
    identity_text(text, identity.public_key, false);
    REQUIRE(size > strlen(text) + 2 && data[size - 1] == '\n');
    for (size_t i = 0; i < strlen(text); i++) { /* URL-safe base64 will do, too */
        char found = (char)data[size - 1 - strlen(text) + i];
        REQUIRE((found == '-' ? '+' : found == '_' ? '/' : found) == text[i]);
    }
    identity_from_seed(&again, identity.secret); /* an Ed25519 secret key begins with its seed */
    REQUIRE(memcmp(&again, &identity, sizeof again) == 0);
}
