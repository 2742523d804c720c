#!/usr/bin/env python3
"""Times the encrypted pipe between a real alice and a real bob beside secretstream alone on one core.

usage: pipe.py BUILD [--megabytes N] [--runs N]

The pipe's time runs from the first byte that alice is given after the agreement to bob's end of file: the same transfer is
timed at two lengths and the difference counts, so that the handshake does not. secretstream is timed before each run, and the
ratio is the median of the runs' ratios.
"""
import argparse
import os
import statistics
import subprocess
import tempfile
import time

from handshake import free_port, wait_for

MB = 1 << 20


def transfer(build, folder, megabytes, to_pipe):
    port = free_port()
    address = "127.0.0.1:%d" % port
    log = os.path.join(folder, "bob.json")
    if os.path.exists(log):
        os.unlink(log)
    data = os.path.join(folder, "data-%d" % megabytes)
    if not os.path.exists(data):
        with open(data, "wb") as f:
            for _ in range(megabytes):
                f.write(os.urandom(MB))
    bob = subprocess.Popen([build + "/bob/bob", "--listen", address, "--params", "n64", "--once", "-q", "--events", log],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if to_pipe else subprocess.DEVNULL)
    wait_for(log, "listening", bob)
    sink = subprocess.Popen(["wc", "-c"], stdin=bob.stdout, stdout=subprocess.PIPE) if to_pipe else None
    if to_pipe:
        bob.stdout.close()
    start = time.monotonic()
    with open(data, "rb") as f:
        subprocess.run([build + "/alice/alice", "--connect", address, "--params", "n64", "-q"], stdin=f,
                       stdout=subprocess.DEVNULL, check=True)
    status = bob.wait()
    took = time.monotonic() - start
    got = int(sink.communicate()[0]) if to_pipe else megabytes * MB  # else his end mark has to do
    if status != 0 or got != megabytes * MB:
        raise SystemExit("pipe.py: %d bytes of %d arrived" % (got, megabytes * MB))
    return took


WAYS = (("file to /dev/null", False), ("file to | wc -c", True))


def run_once(args, folder):
    """GB/s of secretstream alone, and of both ways."""
    alone = float(subprocess.run([args.build + "/tests/bench/secretstream", "3"], capture_output=True, text=True, check=True).stdout)
    short = args.megabytes // 8
    rates = []
    for _, to_pipe in WAYS:
        took = transfer(args.build, folder, args.megabytes, to_pipe) - transfer(args.build, folder, short, to_pipe)
        rates.append((args.megabytes - short) * MB / took / 1e9)
    return [alone] + rates


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = [run_once(args, folder) for _ in range(args.runs)]
    print("secretstream alone   %.2f GB/s" % statistics.median(run[0] for run in runs))
    for i, (name, _) in enumerate(WAYS, 1):
        ratios = sorted(run[i] / run[0] for run in runs)
        print("%-20s %.2f GB/s, ratio %.2f (%.2f to %.2f)" % (
            name, statistics.median(run[i] for run in runs), statistics.median(ratios), ratios[0], ratios[-1]), flush=True)


if __name__ == "__main__":
    main()
