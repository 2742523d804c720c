# gnuplot -e "format='png'" oneway-alike.gp
figure = 'oneway-alike'
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

set title 'When the modalities become alike, the separation closes'
set xlabel 'weight w of a recipe'
set ylabel 'time from x alone / time from x and y'
set logscale y
set format y '10^{%L}'
set xrange [-0.5:14.5]
set yrange [1:*]
set xtics 1
known(n) = n == n ? sprintf('%d ', n) : ''
sizes = known(size_1).known(size_2).known(size_3)
set datafile missing '-'
at(n) = column('n') == n ? column('w') : NaN
seen(n) = column('n') == n && strcol('separation_expected') eq 'NaN' ? column('w') : -9
others = some_expected ? ", 'alike.tsv' using 'w':'separation_expected' with points title 'expected from her rate, not measured' lt 8" : ''
plot for [i=1:words(sizes)] 'alike.tsv' using (at(word(sizes, i) + 0)):'separation' with lines lt i notitle, for [i=1:words(sizes)] '' using (seen(word(sizes, i) + 0)):'separation' with points lt i notitle, for [i=1:words(sizes)] keyentry with linespoints lt i title 'n = '.word(sizes, i) @others
