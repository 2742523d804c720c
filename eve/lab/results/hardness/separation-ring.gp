# gnuplot -e "format='png'" separation-ring.gp
figure = 'separation-ring'
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

set title 'Sparse multiplication in a ring: time to learn'
set xlabel 'length n of the ring'
set ylabel 'processor seconds: mean, least, most'
set logscale xy
set format y '10^{%L}'
set xrange [400:23000]
set yrange [1e-6:1e7]
of(name) = strcol('learner') eq name ? column('n') : NaN
fitted(c) = column('n') >= ring_n_least - 1 && column('n') <= ring_n_most + 1 ? column(c) : NaN
fit = ring_b == ring_b ? ", 'bands-ring.tsv' using 'n':'eve_low':'eve_high' with filledcurves lc rgb '#b2182b' fs transparent solid 0.15 noborder title '95% band of the fit', '' using 'n':'eve' with lines lt 8 title 'the fit, extrapolated', '' using 'n':(fitted('eve')) with lines lt 2 dt 1 lw 3 title sprintf('fit: a e^{%.2f √n}', ring_b)" : ''
plot 'times-ring.tsv' using (of('isd')):'mean_seconds':'least_seconds':'most_seconds' with yerrorbars title 'isd, one modality' lt 2, \
     'times-ring.tsv' using (of('bimodal')):'mean_seconds':'least_seconds':'most_seconds' with yerrorbars title 'bimodal learner' lt 1 @fit
