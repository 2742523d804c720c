#!/usr/bin/env python3
"""Many alices at one bob: sessions a second, and the processor time of one, beside what nobody can do without.

usage: many.py BUILD [--sets n2048,r13109] [--alices N] [--seconds S]

One bob, and N alices in another process (load), all the time, for about S seconds; they only agree. Of the processor time of
both processes the floor of the same run is: the public matrix expanded once on either side (libsodium's ChaCha20; r-sets have
none), the bytes of the eight steps hashed once on either side (libsodium's BLAKE2b, one message) and pushed through a socket,
and a connection with four exchanges. Sessions a second depend on what else the machine does; the ratio hardly does.
"""
import argparse
import os
import signal
import subprocess
import tempfile
import time

from handshake import events, finish, free_port, handshake, matrix_bytes, start, wait_for

FIELDS = ("chacha", "push", "hash", "connection") # behind two times by the clock


def floor(build, name, wire):
    """Processor seconds of one session, both sides."""
    out = subprocess.run([build + "/tests/bench/floor", str(matrix_bytes(name)), str(wire)], capture_output=True, text=True, check=True)
    cost = dict(zip(FIELDS, map(float, out.stdout.split()[2:])))
    return 2 * cost["chacha"] + 2 * cost["hash"] + cost["push"] + cost["connection"]


def processor_seconds(pid):
    """Of a process and the children that it has waited for."""
    with open("/proc/%d/stat" % pid, encoding="ascii") as f:
        return sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def sessions(build, name, address, pid, n, alices, folder):
    """n sessions, so many at a time: wall seconds, processor seconds of bob (pid) and of the alices, of one session."""
    usage = os.path.join(folder, "load.usage")
    before, began = processor_seconds(pid), time.monotonic()
    done = subprocess.run([build + "/tests/bench/usage", usage, build + "/tests/bench/load", address, name, "at-once", str(n), str(alices)],
                          capture_output=True, text=True, check=True)
    wall = time.monotonic() - began
    with open(usage, encoding="ascii") as f:
        theirs = float(f.read().split()[0])
    agreed = done.stdout.count("confirmed ")
    if agreed != n:
        raise SystemExit("many.py: %d of %d sessions have a key" % (agreed, n))
    return wall / n, (processor_seconds(pid) - before) / n, theirs / n


def measure(build, name, alices, seconds):
    with tempfile.TemporaryDirectory() as folder:
        wire = int(handshake(build, name, folder)["bytes"])
    with tempfile.TemporaryDirectory() as folder:
        bob, usage, log = start(build, folder, "bob", "--listen", "127.0.0.1:%d" % free_port(), "--params", name,
                                "--max-sessions", str(2 * alices))
        address = wait_for(log, "listening", bob)["address"]
        with open("/proc/%d/task/%d/children" % (bob.pid, bob.pid), encoding="ascii") as f:
            pid = int(f.read())
        wall = sessions(build, name, address, pid, 2 * alices, alices, folder)[0]
        n = max(2 * alices, int(seconds / wall))
        wall, bobs, theirs = sessions(build, name, address, pid, n, alices, folder)
        least = floor(build, name, wire)
        os.kill(pid, signal.SIGTERM)
        finish(bob, usage)
        agreed = sum(e["event"] == "confirmed" for e in events(log))
    print("%-8s %7d %8.1f %12.2f %12.2f %10.3f %7.2f" % (name, agreed, 1 / wall, 1e3 * bobs, 1e3 * theirs, 1e3 * least,
                                                      (bobs + theirs) / least), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--sets", default="n2048,r13109")
    parser.add_argument("--alices", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=8)
    args = parser.parse_args()
    print("%d alices at one bob; ms of processor time are of one session" % args.alices)
    print("set     sessions  a second    ms of bob  of an alice   floor ms   ratio")
    for name in args.sets.split(","):
        measure(os.path.abspath(args.build), name, args.alices, args.seconds)


if __name__ == "__main__":
    main()
