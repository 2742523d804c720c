/* Golden transcripts: what two sides with fixed seeds send, so that no change of the format goes unnoticed.
 *
 *     golden DIRECTORY            compares the files of DIRECTORY with what the machines send now
 *     golden --write DIRECTORY    writes them, after a change of the format that is meant
 *
 * A file, n256.txt, n64-identities.txt, r13109.txt, l640.txt, or that of the smallest set of a task, holds the seeds
 * and names, each frame in the order in which a quick network would carry it (of smallest sets its bytes in hex; of the
 * others its BLAKE2b-256), and what both sides end up with. */
#include "tests/lib/pair.h"

#include "common/base/bytes.h"

enum { LINE_BYTES = 50 };

static void put_hex(FILE *f, const char *before, const uint8_t *p, size_t n, const char *after) {
    fputs(before, f);
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%02x", p[i]);
    fputs(after, f);
}

static void put_frame(FILE *f, const struct pair_record_frame *frame, bool whole) {
    const char *name = frame->offset ? message_name((enum message_kind)(frame->bytes[FRAME_HEADER] >> 3)) : "preface";
    uint8_t digest[32];
    fprintf(f, "%s %s, %zu bytes\n", frame->from == SIDE_ALICE ? "alice" : "bob", name, frame->n);
    crypto_generichash(digest, 32, frame->bytes, frame->n, NULL, 0);
    if (!whole)
        put_hex(f, "    blake2b ", digest, 32, "\n");
    for (size_t i = 0; whole && i < frame->n; i += LINE_BYTES)
        put_hex(f, "    ", frame->bytes + i, frame->n - i < LINE_BYTES ? frame->n - i : LINE_BYTES, "\n");
}

static void put_session(FILE *f, const char *set, uint64_t seed, bool whole, bool identities) {
    struct pair p;
    struct identity people[2];
    pair_init(&p, set, seed);
    fprintf(f, "# Two sides of Parley with fixed seeds, set %s. Written by tests/proof/golden/golden.c; do not edit.\n",
            set);
    fprintf(f, "# Alice says \"hello bob\\n\", then Bob \"hello alice\\n\", then both send their end marks.\n");
    put_hex(f, "seed of alice ", p.seed[SIDE_ALICE], 32, "\n");
    put_hex(f, "seed of bob ", p.seed[SIDE_BOB], 32, "\n");
    for (int i = SIDE_ALICE; identities && i <= SIDE_BOB; i++) {
        uint8_t of_identity[32];
        prg_derive(of_identity, "parley test identity", p.seed[i], 32);
        identity_from_seed(&people[i], of_identity);
        fprintf(f, "identity of %s: ", i == SIDE_ALICE ? "alice" : "bob");
        put_hex(f, "seed ", of_identity, 32, ", ");
        put_hex(f, "public key ", people[i].public_key, 32, "\n");
        p.config[i].identity = &people[i];
        p.config[pair_other((enum side)i)].peers = (const uint8_t(*)[IDENTITY_KEY]) & people[i].public_key;
        p.config[pair_other((enum side)i)].n_peers = 1;
    }
    p.recording = true;
    pair_good_session(&p);
    for (size_t i = 0; i < p.record.n; i++)
        put_frame(f, &p.record.frames[i], whole);
    put_hex(f, "key ", p.side[SIDE_BOB].keys[0], 32, "\n");
    fprintf(f, "fingerprint %s\n", p.side[SIDE_BOB].fingerprint);
    fprintf(f, "session %s\n", session_id(p.side[SIDE_BOB].session));
    pair_deinit(&p);
}

/* The first line where they differ, 0 if none. */
static unsigned first_difference(FILE *a, FILE *b) {
    for (unsigned line = 1;;) {
        int ca = getc(a), cb = getc(b);
        if (ca != cb)
            return line;
        if (ca == EOF)
            return 0;
        line += ca == '\n';
    }
}

static bool compare(const char *path, FILE *now) {
    FILE *before = fopen(path, "r");
    if (!before) {
        perror(path);
        return false;
    }
    rewind(now);
    unsigned line = first_difference(before, now);
    fclose(before);
    if (line)
        printf("%s: line %u is not what the machines send now; if the format changed on purpose: golden --write\n",
               path, line);
    return line == 0;
}

static bool one_file(const char *directory, const char *set, uint64_t seed, bool whole, bool identities, bool write) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s.txt", directory, set, identities ? "-identities" : "");
    FILE *f = write ? fopen(path, "w") : tmpfile();
    if (!f) {
        perror(path);
        return false;
    }
    put_session(f, set, seed, whole, identities);
    bool good = !ferror(f) && (write || compare(path, f));
    return fclose(f) == 0 && good;
}

int main(int argc, char **argv) {
    bool write = argc == 3 && strcmp(argv[1], "--write") == 0;
    if (sodium_init() < 0 || (argc != 2 && !write)) {
        fprintf(stderr, "usage: golden [--write] DIRECTORY\n");
        return 64;
    }
    bool good = one_file(argv[argc - 1], "n256", 2, false, false, write);
    good &= one_file(argv[argc - 1], "n64", 3, false, true, write);
    good &= one_file(argv[argc - 1], "r13109", 5, false, false, write);
    good &= one_file(argv[argc - 1], "l640", 5, false, false, write);
    const struct task *task;
    for (size_t i = 0; (task = table_task(i)); i++)
        good &= one_file(argv[argc - 1], task->set(0)->name, i == 0 ? 1 : 4, true, false, write);
    return !good;
}
