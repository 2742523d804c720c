# gnuplot -e "format='png'" oneway.gp
figure = 'oneway'
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

set title 'From recipes to vectors, and back'
set xlabel 'dimension n'
set ylabel 'processor seconds for one vector or recipe'
set logscale xy
set format y '10^{%L}'
set xtics (64, 128, 256, 512, 1024, 2048, 4096, 8192)
set xrange [55:9500]
set yrange [1e-9:1e25]
rates = some_rates ? ", 'growth.tsv' using 'n':'expected_seconds' with points title 'a recipe, expected from her rate' lt 8" : ''
lines = vector_b == vector_b ? ", '+' using 1:(low('vector', log($1))):(high('vector', log($1))) with filledcurves lc rgb '#000000' fs transparent solid 0.15 noborder title '95% band', fit('vector', log(x)) title sprintf('fit: a n^{%.2f}', vector_b) lt 1" : ''
curves = recipe_b == recipe_b ? ", '+' using 1:($1 < 1100 ? low('recipe', sqrt($1)) : NaN):(high('recipe', sqrt($1))) with filledcurves lc rgb '#b2182b' fs transparent solid 0.15 noborder title '95% band', (x < 1100 ? fit('recipe', sqrt(x)) : NaN) title 'the fit, extrapolated' lt 8, (inside('recipe', sqrt(x)) ? fit('recipe', sqrt(x)) : NaN) title sprintf('fit: a exp(%.2f sqrt n)', recipe_b) lt 2" : ''
plot 'growth.tsv' using 'n':'recipe_seconds':'recipe_low_seconds':'recipe_high_seconds' with yerrorbars title 'x to y: a recipe, measured' lt 2, 'growth.tsv' using 'n':'vector_seconds' with points title 'y to x: a vector, measured' lt 1 @lines @curves @rates
