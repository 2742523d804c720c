/* Always in long double: in double BKZ was seen to lose its way at dimension 243. The pruning strategies are those that
 * come with the library; without pruning, blocks of 30 and more take too long. */
#include "eve/lattice/fplll.h"

#include "eve/learn/child.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    NOT_FOUND = 127, /* as of a shell */
    TOURS_DONE = 8,  /* its status when BKZ has made as many tours as it was to: RED_BKZ_LOOPS_LIMIT */
    STRATEGIES = 20, /* blocks from this size on are pruned */
};

struct errand {
    FILE *in;
    unsigned beta;
    bool first;
};

/* In the child. */
static int work(void *context, int fd) {
    const struct errand *errand = context;
    char beta[16];
    snprintf(beta, sizeof beta, "%u", errand->beta);
    const char *words[16] = {"fplll", "-a", "bkz", "-b", beta, "-f", "longdouble", "-bkzmaxloops", "1"};
    size_t n = 9;
    if (!errand->first)
        words[n++] = "-nolll";
    if (errand->beta >= STRATEGIES) {
        words[n++] = "-s";
        words[n++] = "default.json";
    }
    words[n] = NULL;
    /* Standard output is /dev/null here; that BKZ has made its tour, it says on standard error. */
    if (dup2(fileno(errand->in), STDIN_FILENO) < 0 || dup2(STDOUT_FILENO, STDERR_FILENO) < 0 ||
        dup2(fd, STDOUT_FILENO) < 0)
        return 125;
    execvp(words[0], (char *const *)(uintptr_t)words);
    return NOT_FOUND;
}

/* All that it says, up to size bytes and one more that is too many. 0, or -EINTR and the like. */
static int read_all(const struct child *child, struct learn_run *run, char *text, size_t size, size_t *np) {
    ssize_t n;
    *np = 0;
    while ((n = child_read(child, run, text + *np, size - *np)) > 0)
        if ((*np += (size_t)n) == size)
            return 0;
    return (int)n;
}

static int judge(struct basis *b, const char *text, size_t n, size_t size, int status, bool killed,
                 struct fplll_ended *ended) {
    struct basis read;
    const char *why;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        return FPLLL_MISSING;
    int r = FPLLL_BROKEN;
    if (n == size)
        snprintf(ended->why, sizeof ended->why, "it said more than a basis has");
    else if (killed)
        snprintf(ended->why, sizeof ended->why, "it did not end after its last word");
    else if (WIFSIGNALED(status))
        snprintf(ended->why, sizeof ended->why, "it was ended by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != TOURS_DONE)
        snprintf(ended->why, sizeof ended->why, "it ended with status %d", WEXITSTATUS(status));
    else if (basis_init(&read, b->rows, b->columns) != 0)
        r = -ENOMEM;
    else {
        r = basis_read(&read, text, n, &why) ? FPLLL_BROKEN : FPLLL_DONE;
        if (r == FPLLL_DONE)
            memcpy(b->v, read.v, b->rows * b->columns * sizeof *b->v);
        else
            snprintf(ended->why, sizeof ended->why, "its output is no basis: %s", why);
        basis_deinit(&read);
    }
    return r;
}

int fplll_tour(struct basis *b, struct learn_run *run, unsigned beta, bool first, struct fplll_ended *ended) {
    struct errand errand = {tmpfile(), beta, first};
    size_t size = basis_text_max(b), n = 0;
    char *text = malloc(size);
    struct child child;
    struct rusage usage = {0};
    *ended = (struct fplll_ended){0};
    int error = !errand.in ? -errno : !text ? -ENOMEM : 0;
    if (!error) {
        basis_write(b, errand.in);
        if (fflush(errand.in) != 0 || ferror(errand.in) || fseek(errand.in, 0, SEEK_SET) != 0)
            error = -EIO;
    }
    if (!error)
        error = child_start(&child, work, &errand, 0);
    if (!error) {
        int r = read_all(&child, run, text, size, &n);
        int status = child_end(&child, r == 0 && n < size, &usage);
        ended->seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
        ended->memory_bytes = (double)usage.ru_maxrss * 1024;
        if (r == -EINTR)
            error = FPLLL_STOPPED;
        else
            error = r < 0 ? r : judge(b, text, n, size, status, child.killed, ended);
    }
    if (errand.in)
        fclose(errand.in);
    free(text);
    return error;
}
