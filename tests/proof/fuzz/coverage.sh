#!/usr/bin/env bash
# Lines of proto/ that the unit and pair tests and the corpus reach, without generated code: coverage.sh BUILD
set -u
top=$(cd "$(dirname "$0")/../../.." && pwd)
build=$1
if [ ! -e "$build/build.ninja" ]; then
    CC=gcc meson setup "$build" "$top" --buildtype=debugoptimized -Db_coverage=true -Dunit_tests=enabled >/dev/null || exit 1
fi
ninja -C "$build" >/dev/null || exit 1
find "$build" -name '*.gcda' -delete
meson test -C "$build" --no-rebuild --timeout-multiplier 4 --suite unit --suite pair --suite proof >"$build/coverage.log" 2>&1 || {
    tail -n 30 "$build/coverage.log"
    exit 1
}
cd "$build" && gcov -n proto/libproto.a.p/*.c.gcda 2>/dev/null | awk '
    /^File / { file = $2 }
    /^Lines executed:/ && file ~ /proto\/[a-z_]*\.c/ && file !~ /pb-c/ {
        split($0, part, /[:% ]+/); n = part[5]; sub(/.*of /, "", $0); n = $0
        hit += part[3] * n / 100; all += n; name = file; gsub(/.*\//, "", name); gsub(/\x27/, "", name)
        printf "  %-20s %6.1f%% of %d lines\n", name, part[3], n; file = ""
    }
    END { if (!all) exit 1; printf "proto/ %.1f%% of %d lines\n", 100 * hit / all, all; exit hit / all < 0.95 }'
