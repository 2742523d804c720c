/* bob: waits for alices and agrees on a key with each. */
#include "bob/shell_server.h"

int main(int argc, const char **argv) {
    struct program program;
    int status = program_init(&program, SIDE_BOB, argc, argv);
    if (status == OPTIONS_GO_ON)
        status = server_run(&program);
    program_deinit(&program);
    return status;
}
