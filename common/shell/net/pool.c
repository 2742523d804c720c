#include "common/shell/net/pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

enum {
    OTHER_THREADS = 3, /* for getaddrinfo, standard input and output, key files */
    BRIEF = 200, /* microseconds of the longest job that the loop's thread runs itself: to wake another, and to be woken
                    by it, takes some tens, on a busy machine more */
    BRIEF_ALONE = 1000,  /* of one that nothing else could run beside: to hand it out is to wait for it */
    BRIEF_IN_ALL = 2000, /* of all that it runs before it hands out others */
    BRIEF_ANY = 100,     /* of a job of a session that has brief ones only */
    WORTH_WAKING = 60,   /* microseconds of a job that another thread may have while this one runs the next */
};

struct slice {
    uv_work_t request;
    struct pool *pool;
    struct pool_seat *seat;
    struct job *job;
    struct slice *next_free;
};

struct pool {
    uv_loop_t *loop;
    bool starting;    /* start_slices runs */
    bool has_threads; /* libuv starts all of them at its first work, which takes longer than a brief job */
    uv_work_t warming;
    struct pool_seat *tail; /* of the ring of seats; tail->next is the head */
    unsigned n_out;         /* slices that are not free */
    struct slice *free_slices;
    struct slice slices[];
};

int pool_new(struct pool **poolp, struct uv_loop_s *loop) {
    unsigned n = uv_available_parallelism() + 1;
    char threads[16];
    snprintf(threads, sizeof threads, "%u", n + OTHER_THREADS);
    setenv("UV_THREADPOOL_SIZE", threads, 0);
    struct pool *pool = calloc(1, sizeof *pool + n * sizeof pool->slices[0]);
    if (!pool)
        return -ENOMEM;
    pool->loop = loop;
    for (unsigned i = 0; i < n; i++) {
        pool->slices[i].pool = pool;
        pool->slices[i].next_free = pool->free_slices;
        pool->free_slices = &pool->slices[i];
    }
    *poolp = pool;
    return 0;
}

void pool_free(struct pool *pool) {
    free(pool);
}

unsigned pool_waiting(const struct pool *pool) {
    unsigned n = 0;
    const struct pool_seat *seat = pool->tail;
    while (seat && (n == 0 || seat != pool->tail)) {
        seat = seat->next;
        n++;
    }
    return n;
}

static void push_tail(struct pool *pool, struct pool_seat *seat) {
    seat->next = pool->tail ? pool->tail->next : seat;
    if (pool->tail)
        pool->tail->next = seat;
    pool->tail = seat;
}

static void nothing(uv_work_t *request) {
    (void)request;
}

void pool_warm(struct pool *pool) {
    if (!pool->has_threads)
        pool->has_threads = uv_queue_work(pool->loop, &pool->warming, nothing, NULL) == 0;
}

static struct pool_seat *pop_head(struct pool *pool) {
    struct pool_seat *head = pool->tail->next;
    pool->tail->next = head->next;
    if (pool->tail == head)
        pool->tail = NULL;
    head->next = NULL;
    return head;
}

static void run_slice(uv_work_t *request) {
    struct slice *slice = request->data;
    slice->job->run(slice->job);
}

static void start_slices(struct pool *pool, const struct pool_seat *offered);

static void slice_done(uv_work_t *request, int status) {
    (void)status; /* slices are never cancelled */
    struct slice *slice = request->data;
    struct pool *pool = slice->pool;
    struct pool_seat *seat = slice->seat;
    slice->next_free = pool->free_slices;
    pool->free_slices = slice;
    pool->n_out--;
    seat->outstanding--;
    session_job_done(seat->session, slice->job, uv_hrtime() / 1000000);
    seat->returned(seat->user); /* may release the seat */
    start_slices(pool, NULL);
}

/* Nobody is woken for what is shorter than the waking. */
static void run_here(struct pool_seat *seat, struct job *job) {
    job->run(job);
    session_job_done(seat->session, job, uv_hrtime() / 1000000);
    seat->returned(seat->user); /* may release the seat */
}

static void hand_out(struct pool *pool, struct pool_seat *seat, struct job *job) {
    struct slice *slice = pool->free_slices;
    pool->free_slices = slice->next_free;
    slice->seat = seat;
    slice->job = job;
    slice->request.data = slice;
    seat->outstanding++;
    pool->n_out++;
    pool->has_threads = true;
    uv_queue_work(pool->loop, &slice->request, run_slice, slice_done);
}

/* What the job takes, so far as is known; more than is run here if it is not. */
static unsigned micros_of(const struct pool_seat *seat, const struct job *job) {
    if (job->micros)
        return job->micros;
    return session_is_brief(seat->session) ? BRIEF_ANY : BRIEF + 1;
}

/* Whether no other session has anything to do, nor this one anything else under way. */
static bool is_alone(const struct pool *pool, const struct pool_seat *seat) {
    return pool->n_out == 0 && pool->tail == seat && seat->next == seat;
}

/* seat, with the job's, is in the queue. */
static bool is_brief(const struct pool *pool, const struct pool_seat *seat, const struct job *job, unsigned spent) {
    unsigned most = is_alone(pool, seat) ? BRIEF_ALONE : BRIEF;
    return micros_of(seat, job) <= most && spent < BRIEF_IN_ALL;
}

/* Of several that are brief another thread may have all but the first, if waking it takes less time. */
static bool is_shared(const struct pool *pool, const struct pool_seat *seat, const struct job *job) {
    return pool->has_threads && !session_is_brief(seat->session) && micros_of(seat, job) >= WORTH_WAKING;
}

/* A job that is run here makes its owner offer the seat again: to the loop that is under way. offered: whose owner is
 * waiting for this to return; if there is something to send, that goes first. */
static void start_slices(struct pool *pool, const struct pool_seat *offered) {
    unsigned spent = 0; /* here */
    struct pool_seat *kept_seat = NULL;
    struct job *kept = NULL; /* to be run here, once the others are out */
    if (pool->starting)
        return;
    pool->starting = true;
    while (kept || (pool->free_slices && pool->tail)) {
        struct pool_seat *seat = pool->free_slices && pool->tail ? pop_head(pool) : NULL;
        struct job *job = seat ? session_next_job(seat->session) : NULL;
        if (job)
            push_tail(pool, seat);
        else if (seat)
            continue;
        if (job && !is_brief(pool, seat, job, spent)) {
            hand_out(pool, seat, job);
            continue;
        }
        if (job && is_shared(pool, seat, job)) {
            if (kept) {
                hand_out(pool, seat, job);
                continue;
            }
            kept = job;
            kept_seat = seat;
            kept_seat->outstanding++; /* its owner stays */
            continue;
        }
        if (!job) {
            job = kept;
            seat = kept_seat;
            seat->outstanding--;
            kept = NULL;
        }
        spent += micros_of(seat, job);
        run_here(seat, job);
        if (seat != offered || !session_has_output(seat->session))
            continue;
        if (kept && pool->free_slices) { /* another thread has it while this one writes */
            kept_seat->outstanding--;
            hand_out(pool, kept_seat, kept);
            kept = NULL;
        }
        if (!kept)
            break;
    }
    pool->starting = false;
}

void pool_offer(struct pool *pool, struct pool_seat *seat) {
    if (!seat->next)
        push_tail(pool, seat);
    start_slices(pool, seat);
}

void pool_leave(struct pool *pool, struct pool_seat *seat) {
    if (!seat->next)
        return;
    struct pool_seat *before = pool->tail;
    while (before->next != seat)
        before = before->next;
    before->next = seat->next;
    if (pool->tail == seat)
        pool->tail = before == seat ? NULL : before;
    seat->next = NULL;
}
