#include "common/shell/host/identity_file.h"

#include "common/base/base64.h"
#include "common/base/secret.h"
#include "common/shell/host/files.h"
#include "common/shell/host/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[] = "parley-identity-1 ";

enum {
    MAGIC = sizeof magic - 1,
    BASE64 = IDENTITY_TEXT - 1,
    LINE = MAGIC + BASE64 + 1 + BASE64 + 1, /* with its newline */
};

int identity_file_new(const char *path, uint8_t public_key[static IDENTITY_KEY]) {
    SECRET32 uint8_t seed[IDENTITY_KEY];
    char line[LINE + 1], seed_text[IDENTITY_TEXT], public_text[IDENTITY_TEXT];
    struct identity identity;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    randombytes_buf(seed, sizeof seed);
    identity_from_seed(&identity, seed);
    memcpy(public_key, identity.public_key, IDENTITY_KEY);
    sodium_bin2base64(seed_text, IDENTITY_TEXT, seed, IDENTITY_KEY, sodium_base64_VARIANT_ORIGINAL);
    identity_text(public_text, public_key, false);
    snprintf(line, sizeof line, "%s%s %s\n", magic, seed_text, public_text);
    int r = fchmod(fd, 0600) < 0 ? -errno : files_write(fd, line, LINE); /* 0600 under any umask */
    if (r == 0 && fsync(fd) < 0 && errno != EINVAL)
        r = -errno;
    sodium_memzero(line, sizeof line);
    sodium_memzero(seed_text, sizeof seed_text);
    sodium_memzero(&identity, sizeof identity);
    if (close(fd) < 0 && r == 0)
        r = -errno;
    if (r < 0)
        unlink(path);
    return r;
}

int identity_file_parse(const char *line, size_t n, struct identity *identity, char why[static IDENTITY_WHY]) {
    SECRET32 uint8_t seed[IDENTITY_KEY];
    uint8_t public_key[IDENTITY_KEY];
    const char *seed_text = line + MAGIC, *public_text = seed_text + BASE64 + 1;
    if (n < MAGIC || memcmp(line, magic, MAGIC) != 0)
        snprintf(why, IDENTITY_WHY, "is no identity file: it does not begin with '%s'", magic);
    else if (n != LINE || line[LINE - 1] != '\n' || public_text[-1] != ' ')
        snprintf(why, IDENTITY_WHY, "is damaged: one line of %d bytes is expected, there are %zu%s", (int)LINE,
                 n > LINE ? (size_t)LINE : n, n > LINE ? " and more" : "");
    else if (base64_parse32(seed, seed_text, BASE64, sodium_base64_VARIANT_ORIGINAL) < 0)
        snprintf(why, IDENTITY_WHY, "is damaged: bytes %d to %d, the secret, are not 32 bytes in base64",
                 (int)MAGIC + 1, (int)(MAGIC + BASE64));
    else if (identity_parse(public_key, public_text, BASE64) < 0)
        snprintf(why, IDENTITY_WHY, "is damaged: bytes %d to %d are no public key", (int)(LINE - BASE64),
                 (int)(LINE - 1));
    else {
        identity_from_seed(identity, seed);
        if (memcmp(identity->public_key, public_key, IDENTITY_KEY) == 0)
            return 0;
        snprintf(why, IDENTITY_WHY, "is damaged: its public key is not that of its secret");
    }
    return -EBADMSG;
}

int identity_file_read(const char *path, struct identity *identity, char why[static IDENTITY_WHY]) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC), r = 0;
    if (fd < 0)
        return -errno;
    char *line = secret_new(LINE + 1);
    size_t n = 0;
    ssize_t got = 0;
    if (!line)
        r = -ENOMEM;
    else if (fstat(fd, &st) < 0)
        r = -errno;
    else if (keyfile_others_may_read(&st)) {
        snprintf(why, IDENTITY_WHY, "has mode %04o: others may read this secret (chmod 600)",
                 (unsigned)(st.st_mode & 07777));
        r = -EPERM;
    }
    while (r == 0 && n < LINE + 1 && (got = read(fd, line + n, LINE + 1 - n)) > 0)
        n += (size_t)got;
    if (r == 0)
        r = got < 0 ? -errno : identity_file_parse(line, n, identity, why);
    close(fd);
    secret_free(line);
    return r;
}
