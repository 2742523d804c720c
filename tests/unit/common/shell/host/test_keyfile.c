/* Files with secrets in them: paths, what is checked before there is a key, who may read them. */
#include "tests/lib/unit.h"

#include "common/shell/host/identity_file.h"
#include "common/shell/host/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/parley-keyfile-XXXXXX";
static int failing_fstat; /* errno, 0 for none */

/* Which of the two the library calls depends on the C library and on the width of a file's size. */
#define FAILING(name)                                                                                                  \
    int __real_##name(int fd, struct stat *st);                                                                        \
    int __wrap_##name(int fd, struct stat *st);                                                                        \
    int __wrap_##name(int fd, struct stat *st) {                                                                       \
        errno = failing_fstat;                                                                                         \
        return failing_fstat ? -1 : __real_##name(fd, st);                                                             \
    }

FAILING(fstat)
FAILING(fstat64)

static void expect_path(const char *pattern, const char *expected) {
    char *path = keyfile_path(pattern, "0123456789abcdef", "-_kEY");
    assert_non_null(path);
    assert_string_equal(path, expected);
    free(path);
}

/* A key in URL-safe base64 may begin with a dash, and a command would take such a name for an option. */
static void paths(void **state) {
    (void)state;
    expect_path("key", "key");
    expect_path("", "");
    expect_path("%", "%");
    expect_path("/run/x/%s%%%p.key", "/run/x/0123456789abcdef%-_kEY.key");
    expect_path("%p", "./-_kEY");
    expect_path("%p%s", "./-_kEY0123456789abcdef");
    expect_path("-key", "./-key");
    expect_path("x/%p", "x/-_kEY");
    expect_path("%s", "0123456789abcdef");
    char *none = keyfile_path("%p", "", "");
    assert_string_equal(none, "");
    free(none);
}

static int check_in(const char *pattern, const char *identity) {
    char whole[200];
    snprintf(whole, sizeof whole, "%s/%s", folder, pattern);
    return keyfile_check(whole, identity);
}

static void checked_at_start(void **state) {
    (void)state;
    char inside[100];
    snprintf(inside, sizeof inside, "%s/PEER", folder);
    assert_int_equal(check_in("key", NULL), 0);
    assert_int_equal(check_in("key-%s-%p%%", NULL), 0);
    assert_int_equal(check_in("missing/key", NULL), -ENOENT);
    assert_int_equal(check_in("missing/%s", NULL), -ENOENT);
    assert_int_equal(check_in("missing/%p/key", NULL), -ENOENT);
    assert_int_equal(check_in("%p/key", NULL), 0); /* which folder that is shows later */
    assert_int_equal(check_in("%p/key", "PEER"), -ENOENT);
    assert_int_equal(mkdir(inside, 0700), 0);
    assert_int_equal(check_in("%p/key", "PEER"), 0);
    assert_int_equal(check_in("PEER", NULL), -EISDIR);
    assert_int_equal(check_in("%p", "PEER"), -EISDIR);
    assert_int_equal(check_in("", NULL), -EISDIR);
    assert_int_equal(check_in("PEER/x/key", NULL), -ENOENT);
    assert_int_equal(keyfile_check("/dev/null/key", NULL), -ENOTDIR);
    assert_int_equal(keyfile_check("", NULL), -ENOENT);
    assert_int_equal(rmdir(inside), 0);
}

static void key_log(void **state) {
    (void)state;
    static const uint8_t key[32] = {1, 2, 3};
    char path[100], text[200] = "";
    struct stat st;
    snprintf(path, sizeof path, "%s/log", folder);
    assert_int_equal(keyfile_log(path, "0123456789abcdef", key), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    off_t size = st.st_size;
    for (mode_t mode = 0644; mode; mode = mode == 0644 ? 0620 : mode == 0620 ? 0602 : 0) {
        assert_int_equal(chmod(path, mode), 0);
        assert_int_equal(keyfile_log(path, "0123456789abcdef", key), -KEYFILE_EXPOSED);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_size, size);
    }
    snprintf(text, sizeof text, "%s", keyfile_log_strerror(KEYFILE_EXPOSED));
    assert_non_null(strstr(text, "chmod 600"));
    failing_fstat = EIO;
    assert_int_equal(keyfile_log(path, "0123456789abcdef", key), -EIO);
    failing_fstat = 0;
    assert_int_equal(unlink(path), 0);
}

/* A file system that does not answer is no lack of memory. */
static void identity_errors(void **state) {
    (void)state;
    struct identity identity;
    uint8_t public_key[IDENTITY_KEY];
    char path[100], why[IDENTITY_WHY] = "";
    snprintf(path, sizeof path, "%s/id", folder);
    assert_int_equal(identity_file_read(path, &identity, why), -ENOENT);
    assert_int_equal(identity_file_new(path, public_key), 0);
    assert_int_equal(identity_file_read(path, &identity, why), 0);
    assert_memory_equal(identity.public_key, public_key, IDENTITY_KEY);
    failing_fstat = EIO;
    assert_int_equal(identity_file_read(path, &identity, why), -EIO);
    failing_fstat = 0;
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(identity_file_read(path, &identity, why), -EPERM);
    assert_non_null(strstr(why, "0640"));
    assert_int_equal(unlink(path), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(paths), cmocka_unit_test(checked_at_start),
                                       cmocka_unit_test(key_log), cmocka_unit_test(identity_errors)};
    if (sodium_init() < 0 || !mkdtemp(folder))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return rmdir(folder) < 0 ? 1 : failed;
}
