#!/usr/bin/env python3
"""What eve tap costs those who talk: handshakes of alice with bob directly and through the tap, in turns.

usage: tap.py BUILD [--pairs N] [--sets n2048,...] [--write FILE]

One bob serves all, one tap stands before him. Each pair is a handshake directly and one through the tap, the order turns from
pair to pair, and the cost is the median of the pairs' ratios, with the median's 95% interval (order statistics). Time is from
alice's TCP connect to both sides confirmed. A run under `chrt -r 10` leaves out what other programs take. --write /dev/null
shows what is the relay's and not the file's.
"""
import argparse
import json
import math
import os
import signal
import statistics
import subprocess
import tempfile

from listening import wait_for


def handshake(build, address, name, folder):
    log = os.path.join(folder, "alice.json")
    subprocess.run([build + "/alice/alice", "--connect", address, "--params", name, "--agree-only", "--events", log, "-q"],
                   stdin=subprocess.DEVNULL, check=True)
    with open(log, encoding="utf-8") as f:
        moment = {e["event"]: e["time"] for e in map(json.loads, f.read().splitlines()[::-1])}
    os.unlink(log)
    return moment["confirmed"] - moment["connected"]


def processor_seconds(process):
    with open("/proc/%d/stat" % process.pid, encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def interval(values):
    """The median's, at 95%: the ranks between which it lies, by the binomial's normal approximation."""
    values, half = sorted(values), len(values) / 2
    reach = 0.98 * math.sqrt(len(values))
    return values[max(0, math.floor(half - reach))], values[min(len(values) - 1, math.ceil(half + reach))]


def measure(build, name, pairs, capture, folder):
    log, said = os.path.join(folder, "bob.json"), os.path.join(folder, "tap.stderr")
    bob = subprocess.Popen([build + "/bob/bob", "--listen", "127.0.0.1:0", "--params", name, "--agree-only", "--events", log,
                            "-q"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    direct = wait_for(log, r'"listening".*"address": ?"([^"]*)"')
    with open(said, "wb") as f:
        tap = subprocess.Popen([build + "/eve/eve", "tap", "--listen", "127.0.0.1:0", "--to", direct, "--write", capture],
                               stdin=subprocess.DEVNULL, stderr=f)
    through = wait_for(said, "listening at ([^, ]*)")
    try:
        for address in (direct, through):
            handshake(build, address, name, folder)
        used, ratios, times = processor_seconds(tap), [], ([], [])
        for i in range(pairs):
            pair = [0, 0]
            for which in ((0, 1), (1, 0))[i % 2]:
                pair[which] = handshake(build, (direct, through)[which], name, folder)
                times[which].append(pair[which])
            ratios.append(pair[1] / pair[0])
        used = (processor_seconds(tap) - used) / pairs
    finally:
        for process in (tap, bob):
            process.send_signal(signal.SIGTERM)
            process.wait()
    low, high = interval(ratios)
    print("%-6s %4d pairs   direct %6.2f ms   tap %6.2f ms   cost %5.1f%% (%.1f to %.1f)   tap's processor time %.2f ms" % (
        name, pairs, 1e3 * statistics.median(times[0]), 1e3 * statistics.median(times[1]),
        100 * (statistics.median(ratios) - 1), 100 * (low - 1), 100 * (high - 1), 1e3 * used), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--sets", default="n2048")
    parser.add_argument("--write")
    args = parser.parse_args()
    for name in args.sets.split(","):
        with tempfile.TemporaryDirectory() as folder:
            measure(args.build, name, args.pairs, args.write or os.path.join(folder, "tap.pcap"), folder)


if __name__ == "__main__":
    main()
