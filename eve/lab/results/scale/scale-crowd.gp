# gnuplot -e "format='png'" scale-crowd.gp
figure = 'scale-crowd'
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

handshake_a = 3.78268570538e-07
handshake_b = 1.44126128875
both_a = 7.66434983667e-07
both_b = 1.43778810183
added_a = 0.0120590694822
added_b = 0.844237108411
bytes_a = 9.94790179232
bytes_b = 1.67341180309
size_1 = 256
size_2 = 1024
size_3 = 2048
size_4 = 4096

set title 'One bob, many alices at once'
set xlabel 'alices at once'
set ylabel 'sessions a second'
set logscale xy
set logscale x 2
set key outside right
known(n) = n == n ? sprintf('%d ', n) : ''
sizes = known(size_1).known(size_2).known(size_3).known(size_4)
at(n) = column('n') == n ? column('alices') : NaN
plot for [i=1:words(sizes)] 'crowd.tsv' using (at(word(sizes, i) + 0)):'per_second' with linespoints title 'n = '.word(sizes, i) lt i
