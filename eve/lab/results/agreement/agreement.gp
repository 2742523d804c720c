# gnuplot -e "format='png'" agreement.gp
figure = 'agreement'
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


set title 'The same bits: Alice and Bob, and Eve'
set xlabel 'dimension n'
set ylabel 'share of Bob''s bits that are right'
set logscale x
set xtics (64, 128, 256, 512, 1024, 2048, 4096, 8192)
set xrange [50:10500]
set yrange [0.45:1.02]
plot 0.5 title 'a coin' lt 8, \
     1 - 1/sqrt(x) title 'promised: 1 - n^{-1/2}' lt 2, \
     'agreement.tsv' using 'n':'agreement' with points title 'Alice' lt 1, \
     'secrecy.tsv' using 'n':'eve_right' with points title 'Eve' lt 3 pt 4 ps 3.2, \
     'agreement.tsv' using 'n':'distilled_share' with points title 'Alice, after repetition' lt 5, \
     'secrecy.tsv' using 'n':'eve_distilled' with points title 'Eve, after repetition' lt 4 pt 12 ps 4
