/* The figures of hardness, for gnuplot: against sqrt n, so that exp(b sqrt n) is a straight line. */
#include "eve/lab/experiments/hardness.h"

const char hardness_separation[] =
    "set title 'Time to learn, with both modalities and with one'\n"
    "set xlabel 'dimension n (spaced by its root)'\n"
    "set ylabel 'processor time of one core'\n"
    "set logscale y\n"
    "set xrange [4:47]\n"
    "set yrange [1e-7:1e17]\n"
    "set xtics ('32' sqrt(32), '64' 8, '128' sqrt(128), '256' 16, '384' sqrt(384), '512' sqrt(512), '1024' 32, '1536' "
    "sqrt(1536), '2048' sqrt(2048))\n"
    "set ytics ('1 microsecond' 1e-6, '1 millisecond' 1e-3, '1 second' 1, '1 hour' 3600, '1 year' "
    "3.156e7, '1,000 years' 3.156e10, '10^6 years' 3.156e13, '10^9 years' 3.156e16)\n"
    "at(n) = sqrt(column(n))\n"
    "fitted(least, most, c) = column('n') >= least - 1 && column('n') <= most + 1 ? column(c) : NaN\n"
    "crosses = crossing == crossing ? \", '+' using (sqrt(crossing)):(exp(log(1e-7) + (log(exp(bimodal_log_a) * "
    "crossing**bimodal_b) - log(1e-7)) * $0 / 499)) with lines lt 4 title sprintf('the lines cross at n = %.0f', "
    "crossing)\" : bimodal_b == bimodal_b && eve_b == eve_b ? \", keyentry with lines lc rgb 'white' title 'by these "
    "fits "
    "the "
    "lines cross nowhere'\" : ''\n"
    "lines = eve_b == eve_b ? \", 'bands.tsv' using (at('n')):'eve_low':'eve_high' with filledcurves lc rgb '#b2182b' "
    "fs "
    "transparent solid 0.15 noborder notitle, '' using (at('n')):'eve' with lines lt 8 notitle, '' using "
    "(at('n')):(fitted(eve_n_least, eve_n_most, 'eve')) with lines lt 2 dt 1 lw 4 title sprintf('fit: a e^{%.2f "
    "√n}; grey: extrapolated', eve_b), 'sets.tsv' using (strcol('eve_from') eq 'extrapolated' ? at('n') : "
    "-9):'eve_seconds' with points lt 8 title 'isd, extrapolated; shaded: 95%'\" : ''\n"
    "powers = bimodal_b == bimodal_b ? \", 'bands.tsv' using (at('n')):'bimodal_low':'bimodal_high' with filledcurves "
    "lc "
    "rgb '#000000' fs transparent solid 0.15 noborder notitle, '' using (at('n')):'bimodal' with lines lt 8 notitle, "
    "'' "
    "using (at('n')):(fitted(bimodal_n_least, bimodal_n_most, 'bimodal')) with lines lt 1 lw 3 title sprintf('fit: a "
    "n^{%.2f}; grey: extrapolated', bimodal_b)\" : ''\n"
    "plot 'times.tsv' using (strcol('learner') eq 'isd' ? at('n') : -9):'mean_seconds' with points lt 2 title 'one "
    "modality: isd, mean of sessions', \\\n"
    "     'times.tsv' using (strcol('learner') eq 'bimodal' ? at('n') : -9):'mean_seconds' with points lt 1 title "
    "'both "
    "modalities, mean of sessions' @lines @powers @crosses\n";

/* A mean over sessions of which some were stopped counts the time until then over those that ended, and lies above
 * whatever was seen: it is drawn hollow, and the bar ends at the limit. */
const char hardness_learners[] =
    "set title 'All learners on the same sessions'\n"
    "set xlabel 'dimension n (spaced by its root)'\n"
    "set ylabel 'processor seconds: mean, least, most'\n"
    "set logscale y\n"
    "set format y '10^{%L}'\n"
    "set xrange [7.5:23.5]\n"
    "set yrange [1e-5:1e7]\n"
    "set xtics ('64' 8, '96' sqrt(96), '128' sqrt(128), '160' sqrt(160), '192' sqrt(192), '224' sqrt(224), '256' 16, "
    "'320' sqrt(320), '384' sqrt(384), '512' sqrt(512))\n"
    "shift(i) = 0.07 * (i - 2.5)\n"
    "names = 'bimodal isd gauss recipe'\n"
    "which(name) = name eq 'bimodal' ? 1 : name eq 'isd' ? 2 : name eq 'gauss' ? 3 : name eq 'recipe' ? 4 : 0\n"
    "at(i) = which(strcol('learner')) == i ? sqrt(column('n')) + shift(i) : -9\n"
    "ended(i) = column('solved') == column('sessions') ? at(i) : -9\n"
    "stopped(i) = i > 0 && column('solved') < column('sessions') ? at(i) : -9\n"
    "color(i) = word('0x000000 0xb2182b 0x2166ac 0xe08214', i > 0 ? i : 1) + 0\n"
    "plot for [i=1:4] 'times.tsv' using (ended(i)):'mean_seconds':'least_seconds':'most_seconds' with yerrorbars lt i "
    "title word(names, i), \\\n"
    "     '' using (stopped(which(strcol('learner')))):'limit_seconds':'least_seconds':'limit_seconds':"
    "(color(which(strcol('learner')))) with yerrorbars lc rgb variable lw 2.5 pt 2 ps 2 notitle, \\\n"
    "     '' using (stopped(which(strcol('learner')))):'mean_seconds':(color(which(strcol('learner')))) with points lc "
    "rgb "
    "variable pt 6 ps 2.4 notitle, \\\n"
    "     keyentry with points lc rgb 'black' pt 2 ps 2 title 'time limit, where sessions reached it', \\\n"
    "     keyentry with points lc rgb 'black' pt 6 ps 2.4 title 'mean by estimate, where sessions were stopped'\n";

#define TASK_FIGURE(task, title, x, range, eve, law)                                                                   \
    "set title '" title ": time to learn'\n"                                                                           \
    "set xlabel '" x "'\n"                                                                                             \
    "set ylabel 'processor seconds: mean, least, most'\n"                                                              \
    "set logscale xy\n"                                                                                                \
    "set format y '10^{%L}'\n"                                                                                         \
    "set xrange " range "\n"                                                                                           \
    "set yrange [1e-6:1e7]\n"                                                                                          \
    "of(name) = strcol('learner') eq name ? column('n') : NaN\n"                                                       \
    "fitted(c) = column('n') >= " task "_n_least - 1 && column('n') <= " task "_n_most + 1 ? column(c) : NaN\n"        \
    "fit = " task "_b == " task "_b ? \", 'bands-" task ".tsv' using 'n':'eve_low':'eve_high' with filledcurves lc "   \
    "rgb '#b2182b' fs transparent solid 0.15 noborder title '95% band of the fit', '' using 'n':'eve' with lines lt "  \
    "8 title 'the fit, extrapolated', '' using 'n':(fitted('eve')) with lines lt 2 dt 1 lw 3 title sprintf('fit: " law \
    "', " task "_b)\" : ''\n"                                                                                          \
    "plot 'times-" task ".tsv' using (of('" eve "')):'mean_seconds':'least_seconds':'most_seconds' with yerrorbars "   \
    "title '" eve ", one modality' lt 2, \\\n"                                                                         \
    "     'times-" task ".tsv' using (of('bimodal')):'mean_seconds':'least_seconds':'most_seconds' with yerrorbars "   \
    "title 'bimodal learner' lt 1 @fit\n"

const char hardness_ring[] = TASK_FIGURE("ring", "Sparse multiplication in a ring", "length n of the ring",
                                         "[400:23000]", "isd", "a e^{%.2f √n}");
const char hardness_lwe[] =
    TASK_FIGURE("lwe", "Learning with errors", "dimension n", "[28:1200]", "primal", "a e^{%.3f n}");
