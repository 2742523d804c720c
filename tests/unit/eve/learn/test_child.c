/* Processes that several threads start at the same time: each one's output ends when that one does, however long the
 * others live. */
#include "eve/learn/child.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
/* last */
#include <cmocka.h>

enum { PAIRS = 4, TURNS = 300, PATIENCE = 60 };

static int gate[2]; /* those that live long live until it closes */
static atomic_int late;

static double now(void *context) {
    struct timespec t;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool stop(void *context) {
    return now(NULL) > *(double *)context;
}

static int end_at_once(void *context, int fd) {
    (void)context;
    return write(fd, "x", 1) == 1 ? 0 : 1;
}

static int wait_for_gate(void *context, int fd) {
    char byte;
    (void)context;
    close(gate[1]);
    if (write(fd, "y", 1) != 1)
        return 1;
    return read(gate[0], &byte, 1) == 0 ? 0 : 1;
}

/* Starts many that live long ... */
static void *start_long(void *context) {
    struct child *children = context;
    for (size_t i = 0; i < TURNS / 10; i++)
        if (child_start(&children[i], wait_for_gate, NULL, 0) < 0)
            abort();
    return NULL;
}

/* ... while others come and go. */
static void *start_short(void *context) {
    (void)context;
    double due = now(NULL) + PATIENCE;
    struct learn_ask ask = {.now = now, .stop = stop, .context = &due};
    struct learn_run run = {.ask = &ask, .lock = PTHREAD_MUTEX_INITIALIZER};
    for (size_t i = 0; i < TURNS; i++) {
        struct child child;
        struct rusage usage;
        char byte;
        if (child_start(&child, end_at_once, NULL, 0) < 0)
            abort();
        ssize_t first = child_read(&child, &run, &byte, 1),
                second = first == 1 ? child_read(&child, &run, &byte, 1) : -1;
        late += second != 0; /* somebody else holds its end open */
        int status = child_end(&child, second == 0, &usage);
        if (second == 0 && status != 0)
            abort();
        if (second != 0)
            break;
    }
    return NULL;
}

static void outputs_end(void **state) {
    static struct child children[PAIRS][TURNS / 10];
    pthread_t threads[PAIRS][2];
    (void)state;
    assert_int_equal(pipe(gate), 0);
    for (size_t i = 0; i < PAIRS; i++) {
        assert_int_equal(pthread_create(&threads[i][0], NULL, start_short, NULL), 0);
        assert_int_equal(pthread_create(&threads[i][1], NULL, start_long, children[i]), 0);
    }
    for (size_t i = 0; i < PAIRS; i++)
        pthread_join(threads[i][1], NULL);
    for (size_t i = 0; i < PAIRS; i++)
        pthread_join(threads[i][0], NULL);
    close(gate[1]);
    for (size_t i = 0; i < PAIRS; i++)
        for (size_t j = 0; j < TURNS / 10; j++) {
            struct rusage usage;
            child_end(&children[i][j], false, &usage);
        }
    close(gate[0]);
    assert_int_equal(late, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(outputs_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
