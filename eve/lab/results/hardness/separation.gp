# gnuplot -e "format='png'" separation.gp
figure = 'separation'
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

set title 'Time to learn, with both modalities and with one'
set xlabel 'dimension n (spaced by its root)'
set ylabel 'processor time of one core'
set logscale y
set xrange [5:47]
set yrange [1e-6:1e17]
set xtics ('32' sqrt(32), '64' 8, '128' sqrt(128), '256' 16, '384' sqrt(384), '512' sqrt(512), '1024' 32, '1536' sqrt(1536), '2048' sqrt(2048))
set ytics ('1 us' 1e-6, '10 us' 1e-5, '100 us' 1e-4, '1 ms' 1e-3, '0.1 s' 0.1, '10 s' 10, '1 hour' 3600, '1 day' 86400, '1 month' 2.6e6, '1 year' 3.156e7, '1000 years' 3.156e10, '10^6 years' 3.156e13)
set key top left Left reverse font ',22'
power(x) = exp(bimodal_log_a) * (x*x)**bimodal_b
curve(x) = exp(eve_log_a + eve_b * x)
inside(x, least, most) = x*x >= least - 1 && x*x <= most + 1
set samples 2000
if (crossing == crossing) set arrow 1 from sqrt(crossing), graph 0 to sqrt(crossing), power(sqrt(crossing)) nohead dt 3 lw 2
if (crossing == crossing) set label 1 sprintf(' the lines cross at n = %.0f', crossing) at sqrt(crossing) > 5.5 ? sqrt(crossing) : 5.5, 6e-6
if (crossing != crossing && bimodal_b == bimodal_b && eve_b == eve_b) set label 1 'By these fits the lines cross nowhere.' at graph 0.42, graph 0.06
plot curve(x) with lines lt 8 lw 2 title sprintf('one modality: a e^{%.2f √n}, extrapolated', eve_b), \
     (inside(x, eve_n_least, eve_n_most) ? curve(x) : NaN) with lines lt 2 dt 1 lw 4 title '... where it was fitted', \
     'times.tsv' using (strcol('learner') eq 'isd' ? sqrt(column('n')) : -9):'mean_seconds' with points lt 2 title 'isd, mean of sessions', \
     'sets.tsv' using (strcol('eve_from') eq 'extrapolated' ? sqrt(column('n')) : -9):'eve_seconds' with points lt 8 pt 8 title 'isd, extrapolated', \
     power(x) with lines lt 8 lw 1 title sprintf('both modalities: a n^{%.2f}, extrapolated', bimodal_b), \
     (inside(x, bimodal_n_least, bimodal_n_most) ? power(x) : NaN) with lines lt 1 lw 3 title '... where it was fitted', \
     'times.tsv' using (strcol('learner') eq 'bimodal' ? sqrt(column('n')) : -9):'mean_seconds' with points lt 1 title 'bimodal learner, mean of sessions'
