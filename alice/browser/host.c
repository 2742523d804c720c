/* What libsodium and the C library ask of their system, where there is none. libsodium is built without its own
 * sodium_malloc and sodium_free: where pages cannot be guarded, these would neither guard nor wipe. */
#include "common/base/secret.h"

#include <sodium.h>
#include <wasi/api.h>

void *sodium_malloc(size_t n) {
    return secret_new(n);
}

void sodium_free(void *p) {
    secret_free(p); /* wipes */
}

void sodium_misuse(void) {
    __builtin_trap();
}

/* Nothing of Alice's draws randomness but her caller. What refers to this is never called. */
void randombytes_buf(void *const p, const size_t n) {
    (void)p;
    (void)n;
    __builtin_trap();
}

/* An assertion that fails is an exception in JavaScript. The C library's would bring its printing along. */
_Noreturn void __assert_fail(const char *what, const char *file, int line, const char *function);
_Noreturn void __assert_fail(const char *what, const char *file, int line, const char *function) {
    (void)what;
    (void)file;
    (void)line;
    (void)function;
    __builtin_trap();
}

/* Nor has she files. The C library's formatting refers to these for a number (long double) that nobody formats. So the
 * program imports nothing: it can reach only what it is given. */
__wasi_errno_t __wasi_fd_close(__wasi_fd_t fd) {
    (void)fd;
    return __WASI_ERRNO_BADF;
}

__wasi_errno_t __wasi_fd_seek(__wasi_fd_t fd, __wasi_filedelta_t offset, __wasi_whence_t whence,
                              __wasi_filesize_t *positionp) {
    (void)fd;
    (void)offset;
    (void)whence;
    (void)positionp;
    return __WASI_ERRNO_BADF;
}

__wasi_errno_t __wasi_fd_write(__wasi_fd_t fd, const __wasi_ciovec_t *pieces, size_t n_pieces,
                               __wasi_size_t *writtenp) {
    (void)fd;
    (void)pieces;
    (void)n_pieces;
    (void)writtenp;
    return __WASI_ERRNO_BADF;
}
