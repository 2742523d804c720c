/* Runs a command and writes what it used: the peak memory that the kernel reports for a process starts at its parent's
 * size, so the parent has to be small.
 *
 * usage: usage FILE COMMAND...      FILE gets "CPU_SECONDS PEAK_KIB EXIT_STATUS\n" */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds(struct timeval t) {
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

int main(int argc, char **argv) {
    if (argc < 3)
        return 64;
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    int status = 0;
    struct rusage use;
    if (child < 0 || wait4(child, &status, 0, &use) != child)
        return 1;
    FILE *file = fopen(argv[1], "w");
    if (!file)
        return 1;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    fprintf(file, "%.6f %ld %d\n", seconds(use.ru_utime) + seconds(use.ru_stime), use.ru_maxrss, code);
    return fclose(file) == 0 ? code : 1;
}
