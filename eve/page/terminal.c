#include "eve/page/terminal.h"

#include "eve/page/lanes.h"
#include "eve/page/match.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { COLUMNS = 80, QUIET_POLLS = MATCH_PATIENCE + 10 }; /* longer than it takes to refuse a source */

struct terminal {
    struct hub *hub;
    struct lanes *lanes;
    uint64_t number;      /* of the last event that was drawn */
    unsigned quiet_polls; /* in which nothing came but Eve's progress */
    bool colour;
};

static void line(void *user, enum screen_tone tone, const char *text) {
    static const char *const on[] = {"", "\033[1m", "\033[2m", "\033[1;32m", "\033[1;33m", "\033[1;31m"};
    const struct terminal *t = user;
    bool coloured = t->colour && tone != SCREEN_PLAIN;
    printf("%s%s%s\n", coloured ? on[tone] : "", text, coloured ? "\033[0m" : "");
}

int terminal_new(struct terminal **terminalp, struct hub *hub, unsigned n_files, bool capture) {
    struct terminal *t = calloc(1, sizeof *t);
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    struct winsize size;
    if (!t)
        return -ENOMEM;
    bool terminal = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
    t->hub = hub;
    t->colour = terminal && !(no_color && *no_color);
    bool known = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col;
    struct lanes_config config = {
        .columns = known ? size.ws_col : COLUMNS, .n_files = n_files, .capture = capture, .line = line, .user = t};
    int r = lanes_new(&t->lanes, &config);
    if (r < 0) {
        free(t);
        return r;
    }
    *terminalp = t;
    return 0;
}

int terminal_poll(struct terminal *t) {
    const char *text;
    t->quiet_polls++;
    while ((text = hub_next(t->hub, &t->number))) {
        json_t *event = json_loads(text, 0, NULL);
        const char *kind = json_string_value(json_object_get(event, "event"));
        if (kind && strcmp(kind, "learning") != 0)
            t->quiet_polls = 0;
        if (kind && strcmp(kind, "lost") == 0)
            line(t, SCREEN_WARN, "Events came faster than they could be told: some are left out.");
        if (event)
            lanes_event(t->lanes, event);
        json_decref(event);
    }
    if (t->quiet_polls == QUIET_POLLS)
        lanes_settle(t->lanes);
    return fflush(stdout) == 0 ? 0 : -EIO;
}

void terminal_settle(struct terminal *t) {
    lanes_settle(t->lanes);
    fflush(stdout);
}

bool terminal_over(const struct terminal *t) {
    return lanes_over(t->lanes, t->quiet_polls >= QUIET_POLLS);
}

void terminal_free(struct terminal *t) {
    if (!t)
        return;
    lanes_free(t->lanes);
    free(t);
}
