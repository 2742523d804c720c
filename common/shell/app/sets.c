#include "common/shell/app/sets.h"

#include "common/task/table/table.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

enum { COLUMNS = 79, INDENT = 6 };

struct text {
    char *p;
    size_t n, size;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->p + t->n, t->size - t->n, format, args);
    va_end(args);
    size_t room = t->size - t->n - 1;
    t->n += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room;
}

static void add_sets(struct text *t, const struct task *task, bool tell_toys) {
    const struct set *set;
    for (size_t i = 0; (set = task->set(i)); i++) {
        const struct set *next = task->set(i + 1);
        const char *between = tell_toys && set->toy && next && !next->toy ? "; " : ", ";
        add(t, "%s%s%s", tell_toys && i == 0 && set->toy ? "toys " : "", set->name, next ? between : "");
    }
}

void sets_names(char text[static SETS_TEXT]) {
    struct text t = {text, 0, SETS_TEXT};
    const struct task *task;
    text[0] = 0;
    for (size_t i = 0; (task = table_task(i)); i++) {
        add(&t, "%s", i ? "; " : "");
        if (task->experimental)
            add(&t, "%s, experimental: ", task->name);
        add_sets(&t, task, false);
    }
}

/* Breaks at blanks. */
static void print_wrapped(FILE *out, const char *text) {
    int column = 0;
    while (*text) {
        int n = (int)strcspn(text, " ");
        if (column == 0)
            column = fprintf(out, "  %.*s", n, text);
        else if (column + 1 + n > COLUMNS)
            column = fprintf(out, "\n%*s%.*s", INDENT, "", n, text) - 1;
        else
            column += fprintf(out, " %.*s", n, text);
        text += n;
        text += *text == ' ';
    }
    fputc('\n', out);
}

void sets_print(FILE *out, const char *preset) {
    char text[SETS_TEXT];
    const struct task *task;
    fprintf(out, "Parameter sets (%s if none is named):\n", preset);
    for (size_t i = 0; (task = table_task(i)); i++) {
        struct text t = {text, 0, sizeof text};
        add(&t, "%s%s: ", task->name, task->experimental ? ", experimental" : "");
        add_sets(&t, task, true);
        add(&t, ". Rests on %s.", task->assumption);
        print_wrapped(out, text);
    }
}
