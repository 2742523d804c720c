# gnuplot -e "format='png'" window-strength.gp
figure = 'window-strength'
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


set title 'What Eve must pay, by the formulas (n = 2048, recipes that keep p)'
set xlabel 'a of the noise {/Symbol q} = c n^{-a} (0: constant noise, 1: almost none)'
set ylabel 'bit operations'
set format y '2^{%g}'
set xrange [0:1]
set yrange [0:200]
pick(c) = column('n') == 2048 ? column(c) : NaN
plot 'strength.tsv' using 'a':(pick('labels')) with lines lt 2 title 'learn from the labels', \
     'strength.tsv' using 'a':(pick('recipes')) with lines lt 3 title 'find the recipes', \
     'strength.tsv' using 'a':(pick('least')) with lines lt 1 lw 5 title 'the cheaper one', \
     '+' using (0.5):(200.0 * $0 / 499) with lines lt 8 title 'a of the protocol'
