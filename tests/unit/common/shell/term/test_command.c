/* Lines of a chat that are for this side, and those that begin with a slash and are not. */
#include "common/shell/term/command.h"
#include "tests/lib/unit.h"

#include <string.h>

static void each_line(void **state) {
    static const struct {
        const char *line;
        enum command command;
        size_t skip;
    } cases[] = {
        {"", COMMAND_NONE, 0},
        {"\n", COMMAND_NONE, 0},
        {"hello\n", COMMAND_NONE, 0},
        {" /help\n", COMMAND_NONE, 0},
        {"/help\n", COMMAND_HELP, 0},
        {"/help", COMMAND_HELP, 0},
        {"/who \t\r\n", COMMAND_WHO, 0},
        {"/quit\n", COMMAND_QUIT, 0},
        {"/\n", COMMAND_UNKNOWN, 0},
        {"/", COMMAND_UNKNOWN, 0},
        {"/hel\n", COMMAND_UNKNOWN, 0},
        {"/helping\n", COMMAND_UNKNOWN, 0},
        {"/quit it\n", COMMAND_UNKNOWN, 0},
        {"/QUIT\n", COMMAND_UNKNOWN, 0},
        {"//\n", COMMAND_NONE, 1},
        {"//quit\n", COMMAND_NONE, 1},
        {"///\n", COMMAND_NONE, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t skip = 7;
        assert_int_equal(command_of(cases[i].line, strlen(cases[i].line), &skip), cases[i].command);
        assert_int_equal(skip, cases[i].skip);
    }
}

/* A NUL in a line is a byte like another. */
static void no_string(void **state) {
    size_t skip;
    (void)state;
    assert_int_equal(command_of("/quit\0", 6, &skip), COMMAND_UNKNOWN);
    assert_int_equal(command_of("/quit\0x", 7, &skip), COMMAND_UNKNOWN);
    assert_int_equal(command_of("/quitx", 5, &skip), COMMAND_QUIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_line), cmocka_unit_test(no_string)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
