# gnuplot -e "format='png'" oneway-alike.gp
figure = 'oneway-alike'
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

set title 'When the modalities become alike, the separation closes'
set xlabel 'weight w of a recipe'
set ylabel 'unimodal time / bimodal time'
set logscale y
set format y '10^{%L}'
set xrange [-0.5:14.5]
set yrange [1:*]
set xtics 1
set key top left
known(n) = n == n ? sprintf('%d ', n) : ''
sizes = known(size_1).known(size_2).known(size_3)
at(n) = column('n') == n ? column('w') : NaN
others = some_expected ? ", 'alike.tsv' using 'w':'separation_expected' with points title 'expected, not measured' pt 6 ps 3.5 lc 8" : ''
plot for [i=1:words(sizes)] 'alike.tsv' using (at(word(sizes, i) + 0)):'separation' with linespoints title 'n = '.word(sizes, i) lt i @others
