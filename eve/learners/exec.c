/* Any program as a learner: exec:CMD.
 *
 * CMD is run by the shell. Its standard input is the training set as text (samples.h, the format of eve export), and
 * PARLEY_DEADLINE says for how many seconds it may run before it is killed. Each line of 2 n/8 hex digits that it
 * writes to its standard output is a candidate: bit j of s is bit j % 8 of byte j / 8. Other lines are passed over.
 * Candidates are judged as those of any other learner, and the program is ended once one verifies. See
 * examples/gauss.py. */
#include "eve/learn/child.h"
#include "eve/learn/samples.h"
#include "eve/learners/learners.h"

#include "common/base/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct errand {
    const struct learn_run *run;
    const uint32_t *ids; /* of train, ascending */
};

/* In the child: a process that writes the samples, and CMD that reads them. */
static int work(void *context, int fd) {
    const struct errand *errand = context;
    const struct learn_ask *ask = errand->run->ask;
    char deadline[32];
    int ends[2];
    if (pipe(ends) != 0)
        return 125;
    pid_t writer = fork();
    if (writer < 0)
        return 125;
    if (writer == 0) {
        close(ends[0]);
        close(fd);
        FILE *out = fdopen(ends[1], "w");
        int error =
            out ? samples_write(out, errand->run->view, NULL, errand->ids, errand->run->split.n_train) : -ENOMEM;
        if (out && fclose(out) != 0)
            error = -EIO;
        _exit(error ? 1 : 0);
    }
    double left = ask->budget - learn_seconds(errand->run);
    snprintf(deadline, sizeof deadline, "%.3f", left > 0 ? left : 0);
    if (setenv("PARLEY_DEADLINE", deadline, 1) != 0 || dup2(ends[0], STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
        return 125;
    close(ends[0]);
    close(ends[1]);
    execl("/bin/sh", "sh", "-c", ask->command, (char *)NULL);
    return 127;
}

/* One line of its output. */
static void take_line(struct learn_run *run, const char *line) {
    _Alignas(8) uint8_t s[TASK_HYPOTHESIS_MAX] = {0};
    if (bytes_from_hex(s, view_row_bytes(run->view), line) == 0) {
        learn_propose(run, s);
        learn_count(run, 1);
    }
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int run(struct learn_run *run) {
    enum { LINE = 2 * TASK_HYPOTHESIS_MAX + 2 };
    if (!run->ask->command) {
        learn_reason(run, "which program? exec:CMD");
        return 0;
    }
    size_t n_train = run->split.n_train, used = 0;
    uint32_t *ids = malloc(n_train * sizeof *ids);
    char *line = malloc(LINE), buffer[4096];
    int error = ids && line ? 0 : -ENOMEM;
    struct child child;
    struct errand errand = {run, ids};
    if (!error) {
        memcpy(ids, run->split.train, n_train * sizeof *ids);
        qsort(ids, n_train, sizeof *ids, ascending);
        error = child_start(&child, work, &errand, 0);
    }
    if (!error) {
        learn_search(run, "running", 0);
        ssize_t n;
        while ((n = child_read(&child, run, buffer, sizeof buffer)) > 0)
            for (ssize_t i = 0; i < n; i++) {
                if (buffer[i] == '\n') {
                    line[used < LINE ? used : 0] = '\0'; /* too long: nothing */
                    take_line(run, line);
                    used = 0;
                } else if (used < LINE)
                    line[used++] = buffer[i];
            }
        if (n == 0 && used > 0 && used < LINE) {
            line[used] = '\0';
            take_line(run, line);
        }
        struct rusage usage = {0};
        int status = child_end(&child, n == 0, &usage);
        learn_note_memory(run, (double)usage.ru_maxrss * 1024);
        if (n < 0 && n != -EINTR)
            error = (int)n;
        else if (n == 0 && WIFEXITED(status) && WEXITSTATUS(status) != 0)
            learn_failed(run, "the program ended with status %d", WEXITSTATUS(status));
        else if (n == 0 && WIFSIGNALED(status) && !child.killed)
            learn_failed(run, "the program was ended by signal %d", WTERMSIG(status));
        else if (!run->result->has_hypothesis)
            learn_reason(run, "the program printed no candidate");
    }
    free(ids);
    free(line);
    return error;
}

const struct learner_kind learner_exec = {
    .name = "exec",
    .summary = "exec:CMD: any program, comes last; samples on its standard input, see eve/learners/exec.c",
    .takes_command = true,
    .tasks = LEARNS("lpn", "ring"),
    .split = SPLIT_SAMPLES,
    .run = run,
};
