#!/usr/bin/env bash
# A bug planted in the frame scan must be found, from nothing and soon: otherwise the other targets' silence means little.
# usage: planted.sh FUZZER
set -u
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
timeout 120 "$1" -seed=1 -max_total_time=60 -max_len=400 -artifact_prefix="$folder/" >"$folder/log" 2>&1
status=$?
if [ $status -ne 0 ] && [ $status -ne 124 ] && grep -q 'AddressSanitizer: heap-buffer-overflow' "$folder/log" &&
    ls "$folder"/crash-* >/dev/null 2>&1; then
    echo "found after $(grep -c . "$folder/log") lines of log: $(xxd -p "$folder"/crash-* | head -1)"
    exit 0
fi
echo "the planted bug was not found (status $status)"
tail -n 20 "$folder/log"
exit 1
