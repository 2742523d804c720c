/* A challenge and a claim: the first line of the input is "KEY SECRET", the rest is the capture file. */
#include "common/base/base64.h"
#include "eve/challenge/challenge.h"
#include "tests/proof/fuzz/fuzz.h"

#include <errno.h>
#include <sodium.h>
#include <unistd.h>

static char path[] = "/tmp/parley-fuzz-XXXXXX";
static int file = -1;

static void remove_file(void) {
    unlink(path);
}

/* One file for all inputs. */
static void write_file(const uint8_t *data, size_t size) {
    if (file < 0) {
        file = mkstemp(path);
        REQUIRE(file >= 0);
        atexit(remove_file);
    }
    REQUIRE(ftruncate(file, 0) == 0);
    REQUIRE(pwrite(file, data, size, 0) == (ssize_t)size);
}

static void require_line(const char *error) {
    REQUIRE(error[0] && memchr(error, 0, CHALLENGE_ERROR) && !strchr(error, '\n'));
}

static void claim_key(const struct challenge *c, const char *text) {
    uint8_t key[32];
    char line[CHALLENGE_LINE];
    if (base64_parse32(key, text, strlen(text), sodium_base64_VARIANT_ORIGINAL) < 0 || !challenge_key(c, key))
        return;
    challenge_line(c, key, NULL, line);
    REQUIRE(strstr(line, text) && strstr(line, c->facts->session) && !strchr(line, '\n'));
    for (size_t i = 0; i < 256; i++) {
        bit_xor(key, i, 1);
        REQUIRE(!challenge_key(c, key));
        bit_xor(key, i, 1);
    }
}

static void claim_secret(const struct challenge *c, const char *hex) {
    static const struct keys none;
    struct keys keys;
    char error[CHALLENGE_ERROR] = "";
    int r = challenge_secret(c, hex, &keys, error);
    REQUIRE(r >= -EINVAL && r <= 1);
    REQUIRE((r < 0) == (error[0] != 0));
    if (r < 0)
        require_line(error);
    if (r == 1)
        REQUIRE(challenge_key(c, keys.session));
    else
        REQUIRE(memcmp(&keys, &none, sizeof keys) == 0);
}

void fuzz_target(const uint8_t *data, size_t size) {
    enum { CLAIM = 5000 };
    struct challenge c;
    char claim[CLAIM], error[CHALLENGE_ERROR] = "";
    const uint8_t *end = memchr(data, '\n', size < CLAIM ? size : CLAIM);
    size_t n = end ? (size_t)(end - data) : 0;
    memcpy(claim, data, n);
    claim[n] = 0;
    write_file(data + (end ? n + 1 : 0), size - (end ? n + 1 : 0));
    int r = challenge_read(&c, path, error);
    REQUIRE((r == 0) == (error[0] == 0) && (r == 0) == (c.facts != NULL));
    if (r != 0) {
        REQUIRE(r == -EBADMSG);
        require_line(error);
    } else {
        const struct observe_facts *f = c.facts;
        fuzz_check_facts(f);
        REQUIRE(f->complete && f->commitment_holds[SIDE_ALICE] && f->commitment_holds[SIDE_BOB]);
        REQUIRE(f->composed && f->labels && f->masked && f->session[0]);
        char *space = strchr(claim, ' ');
        if (space)
            *space = 0;
        claim_key(&c, claim);
        claim_secret(&c, space ? space + 1 : "");
    }
    challenge_deinit(&c);
}
