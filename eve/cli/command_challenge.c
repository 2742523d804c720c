/* eve challenge: what a recorded challenge asks for, and whether a claimed key or secret is its own. */
#include "eve/challenge/challenge.h"
#include "eve/cli/commands.h"
#include "eve/cli/printed.h"
#include "eve/key/keyring.h"
#include "eve/learn/view.h"

#include "common/base/base64.h"
#include "common/shell/host/status.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* What is asked for. */
static void describe(struct arguments *a, const struct challenge *c) {
    const struct set *set = c->facts->set;
    char numbers[160], secrecy[400], day[32] = "?";
    time_t seconds = (time_t)(c->facts->first_ns / 1000000000u);
    struct tm utc;
    if (gmtime_r(&seconds, &utc))
        strftime(day, sizeof day, "%Y-%m-%d", &utc);
    set->task->describe(set, numbers, sizeof numbers);
    set->task->secrecy(set, secrecy, sizeof secrecy);
    printf("A challenge: set %s, session %s, recorded on %s\n", set->name, c->facts->session, day);
    printf("  %s: %s, %zu samples with labels\n", set->task->name, numbers, set->n_labels);
    printf("  %s\n", secrecy);
    puts("It is solved by the session key, or by Bob's secret, from which the key follows:");
    printf("  eve learn %s --json\n  eve challenge %s KEY\n  eve challenge %s --secret HEX\n", a->file, a->file,
           a->file);
}

/* KEY: base64, or a file with it. */
static int read_key(struct arguments *a, const char *text, uint8_t key[static 32]) {
    struct keyring ring = {0};
    char error[CAPTURE_ERROR];
    size_t n = 0;
    if (base64_parse32(key, text, strlen(text), sodium_base64_VARIANT_ORIGINAL) == 0)
        return STATUS_OK;
    int status = status_of_file(keyring_read(&ring, text, NULL, error));
    const uint8_t(*keys)[32] = status == STATUS_OK ? keyring_keys(&ring, "", &n) : NULL;
    if (status != STATUS_OK) {
        screen_error(&a->screen, "KEY is 32 bytes in base64, or a file with them: %s", error);
    } else if (n != 1) {
        screen_error(&a->screen, "%s: %zu keys where one is claimed", text, n);
        status = STATUS_DATA;
    } else {
        memcpy(key, keys[0], 32);
    }
    keyring_deinit(&ring);
    return status;
}

static int check_claims(struct arguments *a, const struct challenge *c) {
    const char *claim = a->more ? a->more[0] : NULL;
    char error[CHALLENGE_ERROR], line[CHALLENGE_LINE];
    uint8_t key[32];
    struct keys keys = {0};
    bool good = true;
    if (a->secret) {
        int r = challenge_secret(c, a->secret, &keys, error);
        if (r < 0) {
            screen_error(&a->screen, "--secret: %s", error);
            return STATUS_DATA;
        }
        good = r == 1;
        memcpy(key, keys.session, 32);
        sodium_memzero(&keys, sizeof keys);
    }
    if (claim) {
        int status = read_key(a, claim, key);
        if (status != STATUS_OK)
            return status;
        good &= challenge_key(c, key);
    }
    if (!good) {
        printf("No: under this %s the confirmations of session %s, set %s, do not verify.\n",
               a->secret ? "secret" : "key", c->facts->session, c->facts->set->name);
        return STATUS_NEGATIVE;
    }
    challenge_line(c, key, a->secret, line);
    printf("Yes: both confirmations of the session verify. The line to publish:\n%s\n", line);
    return STATUS_OK;
}

int challenge_run(struct arguments *a) {
    struct challenge c;
    char error[CHALLENGE_ERROR];
    if (a->more && a->more[0] && a->more[1]) {
        screen_error(&a->screen, "'%s': no such argument is expected here", a->more[1]);
        return STATUS_USAGE;
    }
    int status = status_of_file(challenge_read(&c, a->file, error));
    if (status != STATUS_OK)
        screen_error(&a->screen, "%s", error);
    else if (a->secret || (a->more && a->more[0]))
        status = check_claims(a, &c);
    else
        describe(a, &c);
    challenge_deinit(&c);
    return printed_end(&a->screen, status);
}
