/* Memory that wipes itself. free() and secret_wipe32() are wrapped by the linker (meson.build), so that what is in the
 * memory can be looked at in the moment before it is gone. */
#include "common/base/secret.h"

#include "tests/lib/unit.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

void __real_free(void *p);
void __wrap_free(void *p);
void __real_secret_wipe32(void *p);
void __wrap_secret_wipe32(void *p);

/* These bytes have to be zero when anything is freed. Volatile, because a compiler knows that free() looks at nothing.
 */
static const uint8_t *volatile watched;
static volatile size_t n_watched;
static volatile unsigned n_frees, n_dirty, n_wipes;

void __wrap_free(void *p) {
    if (watched) {
        n_frees++;
        n_dirty += !sodium_is_zero(watched, n_watched);
    }
    __real_free(p);
}

void __wrap_secret_wipe32(void *p) {
    __real_secret_wipe32(p);
    n_wipes++;
    n_dirty += !sodium_is_zero((const uint8_t *)p, 32);
}

static void watch(const void *p, size_t n) {
    watched = (const uint8_t *)p;
    n_watched = n;
    n_frees = n_dirty = n_wipes = 0;
}

static void is_zeroed_aligned_and_wiped(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 31, 32, 63, 64, 65, 127, 128, 129, 4096, 1000003};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int run = 0; run < 3; run++) { /* again in memory that was used before */
            uint8_t *p = (uint8_t *)secret_new(sizes[i]);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % 64, 0);
            assert_true(sodium_is_zero(p, sizes[i]));
            memset(p, 0xa5, sizes[i]);
            watch(p, sizes[i]);
            secret_free(p);
            watched = NULL;
            assert_int_equal(n_frees, 1);
            assert_int_equal(n_dirty, 0);
        }
    secret_free(NULL);
}

/* The watch is able to see it: memory from malloc is not wiped. */
static void unwiped_memory_is_caught(void **state) {
    (void)state;
    uint8_t *p = (uint8_t *)malloc(64);
    assert_non_null(p);
    ((volatile uint8_t *)p)[63] = 0xa5;
    watch(p, 64);
    free(p);
    watched = NULL;
    assert_int_equal(n_dirty, 1);
}

static void too_large(void **state) {
    (void)state;
    volatile size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 63, SIZE_MAX - 64, SIZE_MAX - 127};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        assert_null(secret_new(sizes[i]));
}

static int early_return(int when) {
    SECRET32 uint8_t a[32];
    memset(a, 1, sizeof a);
    if (when == 0)
        return a[0];
    SECRET32 uint8_t b[32];
    memset(b, 2, sizeof b);
    return a[1] + b[1];
}

static void variables_are_wiped_on_every_path(void **state) {
    (void)state;
    watch(NULL, 0);
    assert_int_equal(early_return(0), 1);
    assert_int_equal(n_wipes, 1);
    assert_int_equal(early_return(1), 3);
    assert_int_equal(n_wipes, 3);
    assert_int_equal(n_dirty, 0);
}

enum when { KEPT, BEFORE_FREE, AFTER_FREE };

enum { IN_FRONT = -1000000 }; /* the last byte of the guard there */

/* Whether a child that writes there, n bytes being guarded, lives on. */
static bool survives(size_t n, ptrdiff_t offset, enum when when) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(STDERR_FILENO);     /* sanitizers tell about it */
        signal(SIGSEGV, SIG_DFL); /* cmocka would go on after it */
        signal(SIGABRT, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        volatile uint8_t *p = (uint8_t *)secret_new_guarded(n);
        if (when == AFTER_FREE)
            secret_free_guarded((uint8_t *)(uintptr_t)p);
        if (offset == IN_FRONT)
            offset =
                -(ptrdiff_t)(((uintptr_t)p - sizeof(size_t)) % (uintptr_t)sysconf(_SC_PAGESIZE) + sizeof(size_t)) - 1;
        p[offset] = 1;
        if (when == BEFORE_FREE)
            secret_free_guarded((uint8_t *)(uintptr_t)p);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void guarded_memory(void **state) {
    (void)state;
    uint8_t *p = (uint8_t *)secret_new_guarded(100);
    assert_non_null(p);
    assert_true(sodium_is_zero(p, 100));
    memset(p, 0xa5, 100);
    secret_free_guarded(p);
    secret_free_guarded(NULL);
    static const size_t sizes[] = {1, 100, 4087, 4088, 4089, 4096, 4097, 65535, 65536, 200000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t n = sizes[i];
        assert_true(survives(n, 0, BEFORE_FREE));
        assert_true(survives(n, (ptrdiff_t)n - 1, BEFORE_FREE));
        assert_false(survives(n, (ptrdiff_t)n, KEPT));
        assert_false(survives(n, -1, BEFORE_FREE)); /* noticed in the end */
        assert_false(survives(n, IN_FRONT, KEPT));
        assert_false(survives(n, 0, AFTER_FREE));
    }
}

/* What makes up most of an idle chat's memory: a page each, and what lies around it is no memory. */
static void guarded_memory_takes_a_page(void **state) {
    (void)state;
#ifdef __linux__
    if (unit_emulated())
        skip(); /* mincore tells of the emulator's own pages */
    enum { BLOCKS = 1000 };
    static void *blocks[BLOCKS];
    unsigned char resident[4] = {0};
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = secret_new_guarded(100);
        assert_non_null(blocks[i]);
        memset(blocks[i], 1, 100);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        uint8_t *own = (uint8_t *)((uintptr_t)blocks[i] / page * page);
        for (size_t j = 0; j < 3; j++) {
            assert_int_equal(mincore(own + j * page - page, page, resident), 0);
            assert_int_equal(resident[0] & 1, j == 1);
        }
        secret_free_guarded(blocks[i]);
    }
#else
    skip();
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_zeroed_aligned_and_wiped),
        cmocka_unit_test(unwiped_memory_is_caught),
        cmocka_unit_test(too_large),
        cmocka_unit_test(variables_are_wiped_on_every_path),
        cmocka_unit_test(guarded_memory),
        cmocka_unit_test(guarded_memory_takes_a_page),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
