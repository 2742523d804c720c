/* What "How Alice does it" shows, from the same C files on this machine: the twin that the page's WebAssembly is
 * compared with. usage: inside SEED SET; on standard output one JSON object a line, each with what was asked before it.
 */
#include "alice/browser/how/how.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say(const char *what, uint32_t a, uint32_t b, size_t n) {
    printf("%s %u %u %s\n", what, (unsigned)a, (unsigned)b, n ? how_result() : "null");
}

int main(int argc, char **argv) {
    if (argc != 3 || sodium_init() < 0 || strlen(argv[1]) + strlen(argv[2]) > HOW_INPUT) {
        fprintf(stderr, "usage: inside SEED SET\n");
        return EXIT_FAILURE;
    }
    size_t n_seed = strlen(argv[1]), n_set = strlen(argv[2]);
    memcpy(how_input(), argv[1], n_seed);
    memcpy(how_input() + n_seed, argv[2], n_set);
    int r = how_start(n_seed, n_set);
    while (r == 0 && (r = how_work()) == 1)
        r = 0;
    if (r < 0) {
        fprintf(stderr, "inside: %d\n", r);
        return EXIT_FAILURE;
    }
    say("about", 0, 0, how_about());
    say("tiles", 0, 0, how_tiles());
    for (uint32_t j = 0; j < 20; j++)
        say("piece", j, j % 3, how_piece(j, j % 3));
    say("piece", UINT32_MAX, 0, how_piece(UINT32_MAX, 0));
    for (uint32_t who = 0; who < 3; who++)
        for (uint32_t step = 0; step < 66; step++)
            say("belief", who, step, how_belief(who, step));
    for (uint32_t i = 0; i < 100; i++)
        say("fresh", i, 0, how_fresh(i));
    how_free();
    return EXIT_SUCCESS;
}
