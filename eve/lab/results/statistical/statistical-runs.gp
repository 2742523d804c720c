# gnuplot -e "format='png'" statistical-runs.gp
figure = 'statistical-runs'
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


set title 'The statistical task: whoever makes the captions, Eve has what Alice has, or more'
set xlabel 'labelled samples (256 dimensions)'
set ylabel 'share of sessions with all bits right'
set logscale x
set xrange [0.8:2700]
set yrange [-0.04:1.04]
set ytics 0.2
of(n, c) = stringcolumn('way') eq n ? column(c) : NaN
bob = 'Bob, in public'
own = 'Alice, from x'
plot 'agreement.tsv' using (of(bob, 'samples')):'agreed_share' with linespoints title 'Bob captions, in public: Alice' lt 1, \
     '' using (of('nobody', 'samples')):'agreed_share' with linespoints title 'nobody captions: Alice' lt 3, \
     '' using (of(own, 'samples')):'agreed_share' with linespoints title 'Alice captions, for herself: Alice' lt 5, \
     '' using (of(bob, 'samples')):'read_share' with points title 'Eve' lt 6 ps 3.5, \
     '' using (of('nobody', 'samples')):'read_share' with points title 'Eve' lt 8 ps 3.5, \
     '' using (of(own, 'samples')):'read_share' with points title 'Eve' lt 7 ps 4.5
