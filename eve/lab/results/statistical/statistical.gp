# gnuplot -e "format='png'" statistical.gp
figure = 'statistical'
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


set multiplot layout 2,2 margins 0.09,0.98,0.09,0.87 spacing 0.11,0.17 title 'What captions save: samples (above) or time (below)' font ',26'
set tics font ',18'
set xlabel font ',18'
set ylabel font ',18'
set key font ',17' inside top left Left reverse maxcols 1 samplen 2 spacing 1.1
set title font ',20'
set logscale xy
set format y '10^{%L}'
set xlabel 'dimensions d' offset 0,0.6
set xtics (16, 64, 256, 1024, 4096, 16384)
set xrange [10:26000]
set title 'Statistical task: samples needed'
set ylabel 'samples to risk 1%'
set yrange [0.5:2e5]
plot x/5.967 title 'without captions: d/6' lt 2, \
     'drawings.tsv' using 'd':'bare':'bare_low':'bare_high' with yerrorbars title 'without, measured' lt 2, \
     'drawings.tsv' using 'd':'captioned' with linespoints title 'with captions' lt 1
set title 'Statistical task: time needed'
set ylabel 'seconds for each sample'
set yrange [1e-9:1e-1]
plot 'drawings.tsv' using 'd':'picture_seconds' with linespoints title 'without captions' lt 2, \
     'drawings.tsv' using 'd':'caption_seconds' with linespoints title 'with captions' lt 1
set xlabel 'dimension n' offset 0,0.6
set xtics (16, 32, 64, 128, 256, 512, 1024, 2048)
set xrange [12:3000]
set title 'Computational task (LPN): samples needed'
set ylabel 'samples'
set yrange [10:1e7]
H(t) = -t*log(t)/log(2) - (1-t)*log(1-t)/log(2)
plot 'lpn.tsv' using 'n':'with_samples' with linespoints title 'with captions' lt 1, \
     'lpn.tsv' using 'n':'without_samples' with points title 'without: all parities tried, or isd' lt 2, \
     x/(1-H(1/sqrt(x))) title 'n/(1-H), for scale' lt 8
set title 'Computational task (LPN): time needed'
set ylabel 'processor seconds to learn'
set yrange [1e-5:1e4]
plot 'lpn.tsv' using 'n':'without_seconds' with points title 'without captions' lt 2, \
     'lpn.tsv' using 'n':'with_seconds' with linespoints title 'with captions' lt 1
unset multiplot
