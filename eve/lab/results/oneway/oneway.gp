# gnuplot -e "format='png'" oneway.gp
figure = 'oneway'
if (!exists('format')) format = 'svg'
if (format eq 'png') {
    set terminal pngcairo size 1600,1000 font 'sans,26' linewidth 2 background rgb 'white'
} else {
    set terminal svg size 1600,1000 font 'sans,26' linewidth 2 background rgb 'white'
}
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
set key spacing 1.2 samplen 3
set tics nomirror

vector_a = 4.81712641916e-11
vector_b = 1.19721259
recipe_a = 2.4975744989e-13
recipe_b = 1.9309730243
some_rates = 1
some_expected = 1
size_1 = 256
size_2 = 1024
size_3 = 2048

set title 'From recipes to vectors, and back'
set xlabel 'dimension n'
set ylabel 'processor seconds for one'
set logscale xy
set format y '10^{%L}'
set xtics (64, 128, 256, 512, 1024, 2048, 4096, 8192)
set xrange [55:9500]
set yrange [1e-9:1e25]
set key top left
rates = some_rates ? ", 'growth.tsv' using 'n':'expected_seconds' with points title 'x to y: expected, not measured' lt 4" : ''
fits = recipe_b == recipe_b ? ", (x < 1100 ? recipe_a * exp(recipe_b * sqrt(x)) : NaN) title sprintf('fit: exp(%.2f sqrt n)', recipe_b) lt 2, vector_a * x**vector_b title sprintf('fit: n^{%.2f}', vector_b) lt 1" : ''
plot 'growth.tsv' using 'n':'recipe_seconds':'recipe_low_seconds':'recipe_high_seconds' with yerrorbars title 'x to y: a recipe, measured' lt 2, 'growth.tsv' using 'n':'vector_seconds' with points title 'y to x: a vector, measured' lt 1 @rates @fits
