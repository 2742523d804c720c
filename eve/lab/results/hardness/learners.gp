# gnuplot -e "format='png'" learners.gp
figure = 'learners'
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

bimodal_log_a = -18.2387912766
bimodal_b = 1.72763054017
bimodal_n_least = 512
bimodal_n_most = 8192
eve_log_a = -16.9317199852
eve_b = 1.03294939525
eve_n_least = 128
eve_n_most = 384
crossing = NaN
crossing_low = 11.6157357677
crossing_high = 25.6670151108
ring_log_a = -19.1083181324
ring_b = 0.626776238993
lwe_log_a = -5.10350235095
lwe_b = 0.0777924289288

set title 'All learners on the same sessions'
set xlabel 'dimension n (spaced by its root)'
set ylabel 'processor seconds: mean, least, most'
set logscale y
set format y '10^{%L}'
set xrange [7.5:20.5]
set yrange [1e-5:1e7]
set xtics ('64' 8, '96' sqrt(96), '128' sqrt(128), '160' sqrt(160), '192' sqrt(192), '224' sqrt(224), '256' 16, '320' sqrt(320), '384' sqrt(384))
set key top left Left reverse
shift(i) = 0.05 * (i - 2.5)
at(i) = strcol('learner') eq word('bimodal isd gauss recipe', i) ? sqrt(column('n')) + shift(i) : -9
any(x, y) = x > 0 ? x : y
plot for [i=1:4] 'times.tsv' using (at(i)):'mean_seconds':'least_seconds':'most_seconds' with yerrorbars lt i title word('bimodal isd gauss recipe', i), \
     'times.tsv' using (column('solved') < column('sessions') ? any(at(2), any(at(3), at(4))) : -9):'limit_seconds' with points lt 8 lc rgb 'black' pt 2 ps 2 title 'time limit, where sessions reached it'
