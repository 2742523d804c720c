/* Prints in GB/s what secretstream alone does on one core: messages of 64 KiB, the median of 9 runs of
 * 256 MiB.
 *
 * usage: secretstream [RUNS] */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PIECE = 64 * 1024, PIECES = 4096, RUNS = 9, RUNS_MAX = 99 };

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    static unsigned char in[PIECE], out[PIECE + crypto_secretstream_xchacha20poly1305_ABYTES];
    unsigned char key[32] = {0}, header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    crypto_secretstream_xchacha20poly1305_state state;
    double took[RUNS_MAX];
    int runs = argc > 1 ? atoi(argv[1]) : RUNS;
    if (sodium_init() < 0 || runs < 1 || runs > RUNS_MAX)
        return 1;
    for (int r = 0; r < runs; r++) {
        double start = seconds();
        crypto_secretstream_xchacha20poly1305_init_push(&state, header, key);
        for (int i = 0; i < PIECES; i++)
            crypto_secretstream_xchacha20poly1305_push(&state, out, NULL, in, PIECE, NULL, 0, 0);
        took[r] = seconds() - start;
    }
    qsort(took, (size_t)runs, sizeof took[0], compare);
    printf("%.3f\n", 1e-9 * PIECE * PIECES / took[runs / 2]);
    return 0;
}
