# gnuplot -e "format='png'" learners.gp
figure = 'learners'
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

bimodal_log_a = -17.3619976167
bimodal_b = 1.67481671377
bimodal_n_least = 512
bimodal_n_most = 8192
eve_log_a = -15.4204631852
eve_b = 0.979114297377
eve_n_least = 96
eve_n_most = 512
crossing = NaN
crossing_low = NaN
crossing_high = NaN
ring_log_a = -19.4268999632
ring_b = 0.647562580899
ring_n_least = 509
ring_n_most = 1019
lwe_log_a = -5.06966305022
lwe_b = 0.080100421695
lwe_n_least = 32
lwe_n_most = 96

set title 'All learners on the same sessions'
set xlabel 'dimension n (spaced by its root)'
set ylabel 'processor seconds: mean, least, most'
set logscale y
set format y '10^{%L}'
set xrange [7.5:23.5]
set yrange [1e-5:1e7]
set xtics ('64' 8, '96' sqrt(96), '128' sqrt(128), '160' sqrt(160), '192' sqrt(192), '224' sqrt(224), '256' 16, '320' sqrt(320), '384' sqrt(384), '512' sqrt(512))
shift(i) = 0.07 * (i - 2.5)
names = 'bimodal isd gauss recipe'
which(name) = name eq 'bimodal' ? 1 : name eq 'isd' ? 2 : name eq 'gauss' ? 3 : name eq 'recipe' ? 4 : 0
at(i) = which(strcol('learner')) == i ? sqrt(column('n')) + shift(i) : -9
ended(i) = column('solved') == column('sessions') ? at(i) : -9
stopped(i) = i > 0 && column('solved') < column('sessions') ? at(i) : -9
color(i) = word('0x000000 0xb2182b 0x2166ac 0xe08214', i > 0 ? i : 1) + 0
plot for [i=1:4] 'times.tsv' using (ended(i)):'mean_seconds':'least_seconds':'most_seconds' with yerrorbars lt i title word(names, i), \
     '' using (stopped(which(strcol('learner')))):'limit_seconds':'least_seconds':'limit_seconds':(color(which(strcol('learner')))) with yerrorbars lc rgb variable lw 2.5 pt 2 ps 2 notitle, \
     '' using (stopped(which(strcol('learner')))):'mean_seconds':(color(which(strcol('learner')))) with points lc rgb variable pt 6 ps 2.4 notitle, \
     keyentry with points lc rgb 'black' pt 2 ps 2 title 'time limit, where sessions reached it', \
     keyentry with points lc rgb 'black' pt 6 ps 2.4 title 'mean by estimate, where sessions were stopped'
