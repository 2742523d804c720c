#include "common/shell/term/command.h"

#include <string.h>

enum command command_of(const char *line, size_t n, size_t *skipp) {
    static const struct {
        const char *word;
        enum command command;
    } words[] = {{"/help", COMMAND_HELP}, {"/who", COMMAND_WHO}, {"/quit", COMMAND_QUIT}};
    *skipp = 0;
    if (n == 0 || line[0] != '/')
        return COMMAND_NONE;
    if (n > 1 && line[1] == '/') {
        *skipp = 1;
        return COMMAND_NONE;
    }
    while (n > 0 && memchr(" \t\r\n", line[n - 1], 4))
        n--;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].word) == n && memcmp(words[i].word, line, n) == 0)
            return words[i].command;
    }
    return COMMAND_UNKNOWN;
}
