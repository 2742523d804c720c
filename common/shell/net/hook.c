#include "common/shell/net/hook.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

extern char **environ;

struct hook {
    uv_process_t process;
    uv_timer_t timer;
    unsigned handles; /* not yet closed */
    bool exited, too_long, failed;
    char problem[80];
    double limit;
    void (*ended)(void *user, const char *problem); /* NULL: was never started */
    void *user;
};

static const char *const names[] = {"PARLEY_EVENT", "PARLEY_KEY_FILE", "PARLEY_SESSION", "PARLEY_PEER", "PARLEY_NAME"};

enum { N_NAMES = sizeof names / sizeof names[0] };

static bool is_ours(const char *variable) {
    for (size_t i = 0; i < N_NAMES; i++) {
        size_t n = strlen(names[i]);
        if (strncmp(variable, names[i], n) == 0 && variable[n] == '=')
            return true;
    }
    return false;
}

static void free_environment(char **environment) {
    for (size_t i = 0; environment && environment[i]; i++)
        free(environment[i]);
    free(environment);
}

/* Our environment without older values of ours, and those. NULL: out of memory. */
static char **make_environment(const struct hook_config *config) {
    const char *const values[N_NAMES] = {config->event, config->file, config->session, config->peer, config->name};
    size_t n = 0, used = 0;
    bool whole = true;
    while (environ[n])
        n++;
    char **environment = calloc(n + N_NAMES + 1, sizeof *environment);
    if (!environment)
        return NULL;
    for (size_t i = 0; i < n && whole; i++) {
        if (is_ours(environ[i]))
            continue;
        environment[used] = strdup(environ[i]);
        whole = environment[used++] != NULL;
    }
    for (size_t i = 0; i < N_NAMES && whole; i++) {
        whole = asprintf(&environment[used], "%s=%s", names[i], values[i]) >= 0;
        if (!whole)
            environment[used] = NULL;
        used++;
    }
    if (whole)
        return environment;
    free_environment(environment);
    return NULL;
}

static void closed(uv_handle_t *handle) {
    struct hook *hook = handle->data;
    if (--hook->handles > 0)
        return;
    if (hook->ended)
        hook->ended(hook->user, hook->failed ? hook->problem : NULL);
    free(hook);
}

static void close_all(struct hook *hook) {
    uv_close((uv_handle_t *)&hook->process, closed);
    uv_close((uv_handle_t *)&hook->timer, closed);
}

static void exited(uv_process_t *process, int64_t status, int number) {
    struct hook *hook = process->data;
    hook->exited = true;
    hook->failed = number || status;
    if (hook->too_long)
        snprintf(hook->problem, sizeof hook->problem, "took more than %g s and was killed", hook->limit);
    else if (number)
        snprintf(hook->problem, sizeof hook->problem, "was ended by signal %d", number);
    else
        snprintf(hook->problem, sizeof hook->problem, "ended with status %d", (int)status);
    close_all(hook);
}

void hook_kill(struct hook *hook) {
    if (!hook->exited)
        kill(-hook->process.pid, SIGKILL); /* its own process group */
}

static void limit_reached(uv_timer_t *timer) {
    struct hook *hook = timer->data;
    hook->too_long = true;
    hook_kill(hook);
}

int hook_start(struct hook **hookp, struct uv_loop_s *loop, const struct hook_config *config) {
    struct hook *hook = calloc(1, sizeof *hook);
    char **environment = hook ? make_environment(config) : NULL;
    if (!environment) {
        free(hook);
        return -ENOMEM;
    }
    char *arguments[] = {"/bin/sh", "-c", (char *)(uintptr_t)config->command, NULL};
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE},
                                     {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
                                     {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO}};
    uv_process_options_t options = {.file = arguments[0],
                                    .args = arguments,
                                    .env = environment,
                                    .flags = UV_PROCESS_DETACHED,
                                    .exit_cb = exited,
                                    .stdio = stdio,
                                    .stdio_count = 3};
    hook->limit = (double)config->limit_ms / 1e3;
    hook->process.data = hook->timer.data = hook;
    hook->handles = 2;
    uv_timer_init(loop, &hook->timer);
    int r = uv_spawn(loop, &hook->process, &options);
    free_environment(environment);
    if (r < 0) {
        close_all(hook);
        return r;
    }
    hook->ended = config->ended;
    hook->user = config->user;
    uv_update_time(loop);
    uv_timer_start(&hook->timer, limit_reached, config->limit_ms, 0);
    *hookp = hook;
    return 0;
}
