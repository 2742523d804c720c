/* Files that eve is given: what is wrong with one is said as what it is. */
#include "eve/key/keyring.h"
#include "eve/wire/capture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* last */
#include <cmocka.h>

#define KEY "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define ID  "0123456789abcdef"

static char path[] = "/tmp/parley-test-XXXXXX";

static int make_file(void **state) {
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

static int read_text(bool log, const char *text, size_t *n_keysp, char error[static CAPTURE_ERROR]) {
    struct keyring k = {0};
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
    error[0] = '\0';
    int r = keyring_read(&k, log ? NULL : path, log ? path : NULL, error);
    *n_keysp = k.n;
    keyring_deinit(&k);
    return r;
}

static void keys(void **state) {
    char error[CAPTURE_ERROR], longest[400];
    size_t n;
    (void)state;
    assert_int_equal(read_text(true, ID " " KEY "\n\n" ID " " KEY, &n, error), 0);
    assert_int_equal(n, 2);
    assert_int_equal(read_text(false, KEY "\r\n", &n, error), 0);
    assert_int_equal(n, 1);
    snprintf(longest, sizeof longest, "%s %-300s %s\n", ID, KEY, "tail");
    const struct {
        bool log;
        const char *text, *words;
    } bad[] = {
        {true, "", "no key in it"},
        {true, KEY "\n", "line 1 is not a session id and a key"},
        {true, ID " " KEY "\n" ID " " KEY " more\n", "line 2 is not a session id and a key"},
        {true, "0123456789abcdeg " KEY "\n", "line 1 is not a session id and a key"},
        {true, longest, "line 1 is not a session id and a key"},
        {true, ID " AQEB\n", "line 1 is not a session id and a key"},
        {false, KEY " x\n", "line 1 is not a key"},
        {false, ID " " KEY "\n", "line 1 is not a key"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_text(bad[i].log, bad[i].text, &n, error), -EBADMSG);
        assert_non_null(strstr(error, bad[i].words));
    }
}

/* A folder can be opened, but not read. */
static void unreadable(void **state) {
    struct keyring k = {0};
    struct capture capture;
    char error[CAPTURE_ERROR] = "";
    (void)state;
    assert_int_equal(keyring_read(&k, NULL, "/tmp", error), -EISDIR);
    assert_non_null(strstr(error, "Is a directory"));
    keyring_deinit(&k);
    assert_int_equal(capture_read(&capture, "/tmp", &(struct capture_config){0}, error), -EIO);
    assert_non_null(strstr(error, "Is a directory"));
    assert_null(strstr(error, "no capture file"));
    capture_deinit(&capture);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys), cmocka_unit_test(unreadable)};
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
