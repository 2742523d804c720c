/* Readable from the last row, and without colours: thick lines of different dash and marker, dark to light, large
 * letters. The legend stands below, where it hides nothing; what is neither measured nor fitted at its place is grey
 * and hollow. */
#include "eve/lab/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char preamble[] =
    "if (!exists('format')) format = 'svg'\n"
    "if (format eq 'png') {\n"
    "    set terminal pngcairo size 1600,1000 font 'sans,26' linewidth 2 background rgb 'white'\n"
    "} else { if (format eq 'pdf') {\n"
    "    set terminal pdfcairo size 22.2in,13.9in font 'sans,26' fontscale 1 linewidth 2 background rgb 'white'\n"
    "} else {\n"
    "    set terminal svg size 1600,1000 font 'sans,26' linewidth 2 background rgb 'white'\n"
    "} }\n"
    "set output figure.'.'.format\n"
    "set datafile separator '\\t'\n"
    "set datafile missing NaN\n"
    "set linetype 1 lc rgb '#000000' lw 2.5 dt 1           pt 7  ps 1.8\n"
    "set linetype 2 lc rgb '#b2182b' lw 2.5 dt '--'        pt 9  ps 1.9\n"
    "set linetype 3 lc rgb '#2166ac' lw 2.5 dt '..'        pt 5  ps 1.7\n"
    "set linetype 4 lc rgb '#e08214' lw 2.5 dt '-.'        pt 11 ps 1.9\n"
    "set linetype 5 lc rgb '#1b7837' lw 2.5 dt '_.'        pt 13 ps 1.9\n"
    "set linetype 6 lc rgb '#762a83' lw 2.5 dt '-..'       pt 6  ps 1.8\n"
    "set linetype 7 lc rgb '#80b1d3' lw 2.5 dt (12,4)      pt 8  ps 1.9\n"
    "set linetype 8 lc rgb '#808080' lw 2.5 dt (3,3)       pt 4  ps 1.7\n"
    "set linetype cycle 8\n"
    "set border lw 1.2\n"
    "set grid lc rgb '#c0c0c0' lw 0.6\n"
    "set key below center Left reverse maxcols 2 spacing 1.2 samplen 2.5 height 0.7 font ',21'\n"
    "set format '%h'\n"
    "set tics nomirror\n"
    "set samples 500\n"
    "fit(name, u) = value(name.'_a') * exp(value(name.'_b') * u)\n"
    "half(name, u) = value(name.'_half') * sqrt(1.0 / value(name.'_n') + (u - value(name.'_mean'))**2 / "
    "value(name.'_squares'))\n"
    "low(name, u) = fit(name, u) * exp(-half(name, u))\n"
    "high(name, u) = fit(name, u) * exp(half(name, u))\n"
    "inside(name, u) = u > value(name.'_least') - 1e-6 && u < value(name.'_most') + 1e-6\n";

static char *script_of(const struct lab_figure *figure, const json_t *values) {
    char *text = NULL;
    size_t size = 0;
    const char *name;
    json_t *value, *copy = json_deep_copy(values);
    FILE *out = open_memstream(&text, &size);
    if (out) {
        fprintf(out, "# gnuplot -e \"format='png'\" %s.gp\nfigure = '%s'\n%s\n", figure->name, figure->name, preamble);
        json_object_foreach(copy, name, value) {
            if (json_is_number(value))
                fprintf(out, "%s = %.12g\n", name, json_number_value(value));
            else
                fprintf(out, "%s = NaN\n", name);
        }
        fprintf(out, "\n%s", figure->script);
        if (fclose(out) != 0)
            text = NULL;
    }
    json_decref(copy);
    return text;
}

static int run_gnuplot(const char *folder, const char *file, const char *format) {
    int status;
    pid_t pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0) {
        int nothing = open("/dev/null", O_RDWR);
        if (nothing < 0 || chdir(folder) < 0 || dup2(nothing, 0) < 0 || dup2(2, 1) < 0)
            _exit(126);
        execlp("gnuplot", "gnuplot", "-e", format, file, (char *)NULL);
        _exit(errno == ENOENT ? 127 : 126);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return !WIFEXITED(status) ? -EINVAL : WEXITSTATUS(status) == 127 ? -ENOENT : WEXITSTATUS(status) ? -EINVAL : 0;
}

int plot_figure(struct folder *folder, const struct lab_figure *figure, const json_t *values) {
    char file[64];
    char *script = script_of(figure, values);
    if (!script)
        return -ENOMEM;
    snprintf(file, sizeof file, "%s.gp", figure->name);
    int r = folder_write(folder, file, script);
    free(script);
    static const char *const formats[] = {"format='svg'", "format='png'", "format='pdf'"};
    for (size_t i = 0; r == 0 && i < sizeof formats / sizeof *formats; i++)
        r = run_gnuplot(folder->path, file, formats[i]);
    return r;
}
