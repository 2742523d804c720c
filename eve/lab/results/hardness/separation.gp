# gnuplot -e "format='png'" separation.gp
figure = 'separation'
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

set title 'Time to learn, with both modalities and with one'
set xlabel 'dimension n (spaced by its root)'
set ylabel 'processor time of one core'
set logscale y
set xrange [4:47]
set yrange [1e-7:1e17]
set xtics ('32' sqrt(32), '64' 8, '128' sqrt(128), '256' 16, '384' sqrt(384), '512' sqrt(512), '1024' 32, '1536' sqrt(1536), '2048' sqrt(2048))
set ytics ('1 microsecond' 1e-6, '1 millisecond' 1e-3, '1 second' 1, '1 hour' 3600, '1 year' 3.156e7, '1,000 years' 3.156e10, '10^6 years' 3.156e13, '10^9 years' 3.156e16)
at(n) = sqrt(column(n))
fitted(least, most, c) = column('n') >= least - 1 && column('n') <= most + 1 ? column(c) : NaN
crosses = crossing == crossing ? ", '+' using (sqrt(crossing)):(exp(log(1e-7) + (log(exp(bimodal_log_a) * crossing**bimodal_b) - log(1e-7)) * $0 / 499)) with lines lt 4 title sprintf('the lines cross at n = %.0f', crossing)" : bimodal_b == bimodal_b && eve_b == eve_b ? ", keyentry with lines lc rgb 'white' title 'by these fits the lines cross nowhere'" : ''
lines = eve_b == eve_b ? ", 'bands.tsv' using (at('n')):'eve_low':'eve_high' with filledcurves lc rgb '#b2182b' fs transparent solid 0.15 noborder notitle, '' using (at('n')):'eve' with lines lt 8 notitle, '' using (at('n')):(fitted(eve_n_least, eve_n_most, 'eve')) with lines lt 2 dt 1 lw 4 title sprintf('fit: a e^{%.2f √n}; grey: extrapolated', eve_b), 'sets.tsv' using (strcol('eve_from') eq 'extrapolated' ? at('n') : -9):'eve_seconds' with points lt 8 title 'isd, extrapolated; shaded: 95%'" : ''
powers = bimodal_b == bimodal_b ? ", 'bands.tsv' using (at('n')):'bimodal_low':'bimodal_high' with filledcurves lc rgb '#000000' fs transparent solid 0.15 noborder notitle, '' using (at('n')):'bimodal' with lines lt 8 notitle, '' using (at('n')):(fitted(bimodal_n_least, bimodal_n_most, 'bimodal')) with lines lt 1 lw 3 title sprintf('fit: a n^{%.2f}; grey: extrapolated', bimodal_b)" : ''
plot 'times.tsv' using (strcol('learner') eq 'isd' ? at('n') : -9):'mean_seconds' with points lt 2 title 'one modality: isd, mean of sessions', \
     'times.tsv' using (strcol('learner') eq 'bimodal' ? at('n') : -9):'mean_seconds' with points lt 1 title 'both modalities, mean of sessions' @lines @powers @crosses
