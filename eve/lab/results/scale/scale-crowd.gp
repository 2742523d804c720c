# gnuplot -e "format='png'" scale-crowd.gp
figure = 'scale-crowd'
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

handshake_a = 3.78268570538e-07
handshake_b = 1.44126128875
handshake_n = 5
handshake_mean = 7.62461898616
handshake_squares = 4.80453013918
handshake_half = 0.768081429374
handshake_least = 6.23832462504
handshake_most = 9.01091334728
both_a = 7.66434983667e-07
both_b = 1.43778810183
both_n = 5
both_mean = 7.62461898616
both_squares = 4.80453013918
both_half = 0.756500357948
both_least = 6.23832462504
both_most = 9.01091334728
added_a = 0.0120590694822
added_b = 0.844237108411
added_n = 5
added_mean = 7.62461898616
added_squares = 4.80453013918
added_half = 0.141033616749
added_least = 6.23832462504
added_most = 9.01091334728
bytes_a = 9.94790179232
bytes_b = 1.67341180309
bytes_n = 9
bytes_mean = 6.5144253639
bytes_squares = 20.5366090252
bytes_half = 0.447123052865
bytes_least = 4.15888308336
bytes_most = 9.01091334728
size_1 = 256
size_2 = 1024
size_3 = 2048
size_4 = 4096

set title 'One bob, many alices at once'
set xlabel 'alices at once'
set ylabel 'sessions a second'
set logscale xy
set logscale x 2
set xrange [0.85:75]
known(n) = n == n ? sprintf('%d ', n) : ''
sizes = known(size_1).known(size_2).known(size_3).known(size_4)
at(n) = column('n') == n ? column('alices') : NaN
plot for [i=1:words(sizes)] 'crowd.tsv' using (at(word(sizes, i) + 0)):'per_second' with linespoints title 'n = '.word(sizes, i) lt i
