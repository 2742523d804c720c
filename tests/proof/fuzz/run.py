#!/usr/bin/env python3
"""Lets libFuzzer look for more, and says what was reached: run.py BUILD [SECONDS [TARGET...]].

Each target starts from its corpus and runs SECONDS (60), two at a time. What it finds stays in BUILD/found/TARGET; an input
that failed is in BUILD/crash-TARGET-*. The status is 1 if one failed, took longer than 20 s, or ended at a check of a length
more often than not."""

import concurrent.futures
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# target: longest input, folder of the corpus
TARGETS = {"frame": (2000, "frame"), "message": (2000, "message"), "address": (400, "address"), "alice": (3000, "machine"),
           "bob": (3000, "machine"), "packet": (400, "packet"), "streams": (4000, "streams"), "observe": (30000, "observe"),
           "capture": (30000, "capture"), "challenge": (8000, "challenge"), "events": (4000, "events"), "keylog": (2000, "keylog"), "lab": (8000, "lab"),
           "http": (20000, "http"), "identity": (400, "identity"), "conf": (3000, "conf"), "keypath": (2000, "keypath"), "board": (4000, "board"),
           "basis": (2000, "basis"), "join": (400, "join"), "said": (3000, "said"), "surface": (3000, "surface"), "websocket": (4000, "websocket")}


def fuzz(build, target, seconds):
    longest, corpus = TARGETS[target]
    found = os.path.join(build, "found", target)
    os.makedirs(found, exist_ok=True)
    command = [os.path.join(build, "tests", "proof", "fuzz", "fuzz_" + target), "-max_total_time=%d" % seconds, "-max_len=%d" % longest,
               "-timeout=20", "-rss_limit_mb=2500", "-artifact_prefix=%s/crash-%s-" % (build, target)]
    words = os.path.join(HERE, "dictionaries", target)
    if os.path.exists(words):
        command.append("-dict=" + words)
    run = subprocess.run(command + [found, os.path.join(HERE, "corpus", corpus)], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, errors="backslashreplace", check=False)
    edges = re.findall(r"cov: (\d+)", run.stdout)
    reached = re.search(r"reached: executions=(\d+) length=(\d+) slowest_ms=(\S+) slowest_bytes=(\d+)", run.stdout)
    if run.returncode or not reached:
        return "%-8s FAILED\n%s" % (target, run.stdout[-3000:]), False
    n, length = int(reached[1]), int(reached[2])
    good = 2 * length <= n
    return "%-8s %10d executions, %5.1f%% of them ended at a length, slowest %5.1f ms (%s bytes), %s edges%s" % (
        target, n, 100 * length / n, float(reached[3]), reached[4], edges[-1] if edges else "?",
        "" if good else ": TOO MANY ended at a length"), good


def main():
    build, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60
    good = True
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for text, passed in pool.map(lambda target: fuzz(build, target, seconds), sys.argv[3:] or TARGETS):
            print(text, flush=True)
            good = good and passed
    sys.exit(not good)


if __name__ == "__main__":
    main()
