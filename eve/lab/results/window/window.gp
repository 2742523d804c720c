# gnuplot -e "format='png'" window.gp
figure = 'window'
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


set multiplot layout 1,2 title 'Who learns: noise {/Symbol q} = c n^{-a} against dimension'
set xlabel 'n'
set logscale x 2
set xrange [48:2800]
set yrange [-0.12:1.3]
set xtics (64, 128, 256, 512, '1k' 1024, '2k' 2048)
set ytics 0.25
set key top center horizontal maxrows 2 samplen 1 spacing 1.1 font ',20'
unset grid
set arrow 1 from 48, 0.5 to 2800, 0.5 nohead dt 2 lw 1.5
set label 1 'the protocol' at 52, 0.545 font ',17'
pick(rule, s) = strcol('rule') eq rule && column('state') == s ? column('a') : -9
do for [rule in 'fixed kept'] {
    set title (rule eq 'fixed' ? 'recipes as in the protocol' : 'recipes that keep p') font ',24'
    set ylabel (rule eq 'fixed' ? 'a      (0: constant noise, 1: almost none)' : '')
    plot 'cells.tsv' using 'n':(pick(rule, 2)) with points pt 5 ps 4 lc rgb 'black' title 'window', \
         'cells.tsv' using 'n':(pick(rule, 3)) with points pt 6 ps 4 lw 2 lc rgb '#2166ac' title 'both learn', \
         'cells.tsv' using 'n':(pick(rule, 1)) with points pt 9 ps 4 lc rgb '#e08214' title 'Eve alone', \
         'cells.tsv' using 'n':(pick(rule, 0)) with points pt 2 ps 2 lc rgb '#808080' title 'nobody'
}
unset multiplot
