/* A file of keys, read as a key log and as a single key. */
#include "eve/key/keyring.h"
#include "tests/proof/fuzz/fuzz.h"

#include <errno.h>
#include <unistd.h>

static char path[] = "/tmp/parley-fuzz-XXXXXX";
static int file = -1;

static void remove_file(void) {
    unlink(path);
}

static void read_keys(bool log, size_t size) {
    struct keyring k = {0};
    char error[CAPTURE_ERROR] = "";
    int r = keyring_read(&k, log ? NULL : path, log ? path : NULL, error);
    REQUIRE(r == 0 || r == -EBADMSG);
    REQUIRE((r == 0) == (error[0] == 0) && memchr(error, 0, sizeof error));
    REQUIRE(r != 0 || k.n > 0);
    REQUIRE(k.n <= k.capacity && k.n <= size / 43); /* a key in base64, at least */
    size_t n_found, n_same = 0;
    for (size_t i = 0; i < k.n; i++) {
        const char *session = k.sessions[i];
        REQUIRE(strlen(session) == (log ? OBSERVE_ID - 1 : 0));
        n_same += strcmp(session, k.sessions[0]) == 0;
    }
    const uint8_t(*keys)[32] = keyring_keys(&k, k.n ? k.sessions[0] : "", &n_found);
    REQUIRE(keys && n_found == n_same);
    fuzz_touch((const uint8_t *)keys, 32 * n_found);
    REQUIRE(keyring_keys(&k, "no session", &n_found) && n_found == (log ? 0 : k.n));
    keyring_deinit(&k);
}

void fuzz_target(const uint8_t *data, size_t size) {
    if (file < 0) {
        file = mkstemp(path);
        REQUIRE(file >= 0);
        atexit(remove_file);
    }
    REQUIRE(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
    read_keys(true, size);
    read_keys(false, size);
}
