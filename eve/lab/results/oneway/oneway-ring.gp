# gnuplot -e "format='png'" oneway-ring.gp
figure = 'oneway-ring'
if (!exists('format')) format = 'svg'
if (format eq 'png') {
    set terminal pngcairo size 1600,1000 font 'sans,26' linewidth 2 background rgb 'white'
} else { if (format eq 'pdf') {
    set terminal pdfcairo size 22.2in,13.9in font 'sans,26' fontscale 1 linewidth 2 background rgb 'white'
} else {
    set terminal svg size 1600,1000 font 'sans,26' linewidth 2 background rgb 'white'
} }
set output figure.'.'.format
set datafile separator '\t'
set datafile missing NaN
set linetype 1 lc rgb '#000000' lw 2.5 dt 1           pt 7  ps 1.8
set linetype 2 lc rgb '#b2182b' lw 2.5 dt '--'        pt 9  ps 1.9
set linetype 3 lc rgb '#2166ac' lw 2.5 dt '..'        pt 5  ps 1.7
set linetype 4 lc rgb '#e08214' lw 2.5 dt '-.'        pt 11 ps 1.9
set linetype 5 lc rgb '#1b7837' lw 2.5 dt '_.'        pt 13 ps 1.9
set linetype 6 lc rgb '#762a83' lw 2.5 dt '-..'       pt 6  ps 1.8
set linetype 7 lc rgb '#80b1d3' lw 2.5 dt (12,4)      pt 8  ps 1.9
set linetype 8 lc rgb '#808080' lw 2.5 dt (3,3)       pt 4  ps 1.7
set linetype cycle 8
set border lw 1.2
set grid lc rgb '#c0c0c0' lw 0.6
set key below center Left reverse maxcols 2 spacing 1.2 samplen 2.5 height 0.7 font ',21'
set format '%h'
set tics nomirror
set samples 500
fit(name, u) = value(name.'_a') * exp(value(name.'_b') * u)
half(name, u) = value(name.'_half') * sqrt(1.0 / value(name.'_n') + (u - value(name.'_mean'))**2 / value(name.'_squares'))
low(name, u) = fit(name, u) * exp(-half(name, u))
high(name, u) = fit(name, u) * exp(half(name, u))
inside(name, u) = u > value(name.'_least') - 1e-6 && u < value(name.'_most') + 1e-6

vector_a = 4.81712641916e-11
vector_b = 1.19721259
vector_n = 14
vector_mean = 6.05048662154
vector_squares = 26.7501737743
vector_half = 0.505867221867
vector_least = 4.15888308336
vector_most = 9.01091334728
recipe_a = 2.4975744989e-13
recipe_b = 1.9309730243
recipe_n = 7
recipe_mean = 12.3691163026
recipe_squares = 49.0347332434
recipe_half = 6.3086951035
recipe_least = 8
recipe_most = 16
some_rates = 1
some_expected = 1
size_1 = 256
size_2 = 1024
size_3 = 2048

set title 'Sparse multiplication in a ring: from recipes to composed data, and back'
set xlabel 'length n of the ring'
set ylabel 'processor seconds for one'
set y2label 'by formula: log_2 of bit operations'
set logscale xy
set format y '10^{%L}'
set xrange [400:23000]
set yrange [1e-6:1e6]
set y2range [0:180]
set y2tics
plot 'oneway-ring.tsv' using 'size':'recipe_seconds' with points title 'x to y: a recipe, measured' lt 2, \
     'oneway-ring.tsv' using 'size':'operations_log2' axes x1y2 with linespoints title 'x to y, by formula (right)' lt 8, \
     'oneway-ring.tsv' using 'size':'compose_seconds' with linespoints title 'y to x, measured' lt 1
