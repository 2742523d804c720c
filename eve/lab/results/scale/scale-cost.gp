# gnuplot -e "format='png'" scale-cost.gp
figure = 'scale-cost'
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

handshake_a = 3.78268570538e-07
handshake_b = 1.44126128875
both_a = 7.66434983667e-07
both_b = 1.43778810183
added_a = 0.0120590694822
added_b = 0.844237108411
bytes_a = 9.94790179232
bytes_b = 1.67341180309
size_1 = 256
size_2 = 1024
size_3 = 2048
size_4 = 4096

set title 'What a session costs'
set xlabel 'dimension n'
set ylabel 'milliseconds'
set y2label 'MB on the wire'
set logscale xyy2
set yrange [0.5:5000]
set y2range [0.005:50]
set y2tics
set xtics (64, 128, 256, 512, 1024, 2048, 4096, 8192)
set xrange [55:9500]
set key top left
law = both_b == both_b ? ", [512:8192] 1e3 * both_a * x**both_b title sprintf('fit: n^{%.2f}', both_b) lt 2" : ''
plot 'cost.tsv' using 'n':'handshake_ms' with linespoints title 'handshake, wall' lt 1, 'cost.tsv' using 'n':'both_ms' with points title 'processor time, both sides' lt 2 @law, 'cost.tsv' using 'n':'megabytes' axes x1y2 with linespoints title sprintf('MB on the wire (right), n^{%.2f}', bytes_b) lt 3
