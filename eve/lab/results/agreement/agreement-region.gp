# gnuplot -e "format='png'" agreement-region.gp
figure = 'agreement-region'
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


set title 'Which weak bit agreement gives a key (Holenstein 2005)'
set xlabel 'epsilon: Alice''s and Bob''s bits agree with probability (1 + epsilon)/2'
set ylabel 'delta: Eve predicts with 1 - delta/2'
set xrange [0.65:1]
set yrange [-0.05:1.3]
set ytics 0, 0.2, 1
set key at graph 0.03, 0.6 left
set label 'a key follows' at 0.70, 0.9
set label 'none does' at 0.68, 0.06
plot (1 - x)/(1 + x) title '(1 - epsilon)/(1 + epsilon)' lt 2, \
     'region.tsv' using 'epsilon':'delta':'delta_low':'delta_high' with yerrorbars title 'the sets, against this Eve' lt 1, \
     'region.tsv' using 'epsilon':'delta':'set' with labels offset 0, 1.0 rotate by 50 left font ',18' notitle
