#!/usr/bin/env python3
"""Times handshakes between a real bob and a real alice on loopback, beside the floor.

usage: handshake.py BUILD [--runs N] [--sets n2048,n8192,...] [--before BUILD_OF_ANOTHER_REVISION]

Per set: the median wall time from alice's TCP connect to both sides confirmed (alice confirms last), what a handshake
adds to the processor time and the peak memory of each side, the bytes of the eight steps, and the floor measured in the
same run with both daemons stopped: to expand the public matrix once (r-sets have none), and to push the bytes through a
socket. Adds: to a bob who nobody talks to, and to an alice of n64 who finds nobody. The two start differently (alice has
fewer libraries), so each is compared with itself.
Below: what a user would pick instead, where a library of this machine has it.
With --before: the programs of both builds in turns, medians of the wall time and of the ratios pair by pair, nothing else.
"""
import argparse
import json
import math
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SETS = ["n64", "n128", "n256", "n384", "n512", "n1024", "n2048", "n4096", "n8192",
        "r509", "r1019", "r1493", "r2053", "r4099", "r8219", "r13109", "r17669",
        "l32", "l48", "l64", "l80", "l96", "l112", "l128", "l160", "l256", "l448", "l512", "l640", "l1024"]
NOBODY = "69"  # the exit status of an alice at whose address nobody listens (EX_UNAVAILABLE)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def events(path):
    try:
        with open(path, encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.endswith("\n")]
    except FileNotFoundError:
        return []


def wait_for(path, name, process):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = [e for e in events(path) if e["event"] == name]
        if found:
            return found[0]
        if process.poll() is not None:
            break
        time.sleep(0.002)
    sys.exit("handshake.py: no event '%s' in %s" % (name, path))


def finish(process, path, expected="0"):
    """Waits for the end: processor seconds, peak KiB; ends this program if the command ended with another status."""
    process.wait()
    with open(path, encoding="ascii") as f:
        cpu, peak, status = f.read().split()
    if status != expected:
        sys.exit("handshake.py: %s ended with %s" % (path, status))
    return float(cpu), int(peak)


def start(build, folder, who, *args):
    usage = os.path.join(folder, who + ".usage")
    log = os.path.join(folder, who + ".json")
    for old in (usage, log):
        if os.path.exists(old):
            os.unlink(old)
    process = subprocess.Popen([build + "/tests/bench/usage", usage, "%s/%s/%s" % (build, who, who), *args,
                                "--agree-only", "--events", log, "-q"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return process, usage, log


def matrix_bytes(name):
    """Of the public matrix that both sides expand."""
    n = int(name[1:])
    if name[0] == "n":
        return 32 * n * n // 8
    if name[0] == "l":  # m n entries of two bytes, m as the leftover hash lemma asks for it
        return int((16 * n + 2 * (127 + math.log2(n))) / math.log2(8 / 3)) * n * 2
    return n // 8


def others(build):
    out = subprocess.run([build + "/tests/bench/others"], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        name, microseconds, size = line.split()
        time_of = "%.3f ms of processor time, both sides" % (float(microseconds) / 1e3)
        print("%-10s %s, %s bytes" % (name, time_of if float(microseconds) else "no library here; published", size))


def idle_alice(build, folder):
    """An alice who finds nobody, with the set that gives her least to do meanwhile: processor seconds, peak KiB."""
    alice, usage, _ = start(build, folder, "alice", "--connect", "127.0.0.1:%d" % free_port(), "--params", "n64")
    return finish(alice, usage, NOBODY)


def idle_bob(build, name, folder):
    """A bob who nobody talks to, and who starts as many threads as the set asks for: processor seconds, peak KiB."""
    bob, usage, log = start(build, folder, "bob", "--listen", "127.0.0.1:%d" % free_port(), "--params", name)
    wait_for(log, "listening", bob)
    time.sleep(0.2)
    with open("/proc/%d/task/%d/children" % (bob.pid, bob.pid), encoding="ascii") as f:
        os.kill(int(f.read()), signal.SIGTERM)
    return finish(bob, usage)


def handshake(build, name, folder):
    port = free_port()
    address = "127.0.0.1:%d" % port
    bob, bob_usage, bob_log = start(build, folder, "bob", "--listen", address, "--params", name, "--once")
    wait_for(bob_log, "listening", bob)
    alice, alice_usage, alice_log = start(build, folder, "alice", "--connect", address, "--params", name)
    cpu_alice, peak_alice = finish(alice, alice_usage)
    cpu_bob, peak_bob = finish(bob, bob_usage)
    log = events(alice_log)
    moment = {e["event"]: e["time"] for e in reversed(log)}
    return {
        "wall": moment["confirmed"] - moment["connected"],
        "cpu_alice": cpu_alice,
        "cpu_bob": cpu_bob,
        "peak_alice": peak_alice / 1024,
        "peak_bob": peak_bob / 1024,
        "bytes": sum(e.get("bytes", 0) for e in log if e["event"] == "step"),
    }


def compare(before, build, name, folder, runs):
    """Wall times of both builds in turns, who is first in turns as well."""
    times = {before: [], build: []}
    for run in range(runs):
        for one in (before, build) if run % 2 else (build, before):
            times[one].append(handshake(one, name, folder)["wall"])
    ratio = statistics.median(new / old for old, new in zip(times[before], times[build]))
    print("%-6s %9.2f %9.2f %6.2f" % (name, *(1e3 * statistics.median(times[b]) for b in (before, build)), ratio), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--before")
    args = parser.parse_args()
    here = args.build
    if args.before:
        print("set     before ms    now ms  ratio")
        for name in args.sets.split(","):
            with tempfile.TemporaryDirectory() as folder:
                compare(args.before, here, name, folder, args.runs)
        return
    print("set      wall ms  floor ms  ratio   alice: cpu ms  + MiB   bob: cpu ms  + MiB   on the wire")
    for name in args.sets.split(","):
        with tempfile.TemporaryDirectory() as folder:
            alone = {"alice": [idle_alice(here, folder) for _ in range(args.runs)],
                     "bob": [idle_bob(here, name, folder) for _ in range(args.runs)]}
            runs = [handshake(here, name, folder) for _ in range(args.runs)]
        begin = {who: statistics.median(cpu for cpu, _ in found) for who, found in alone.items()}
        own = {who: statistics.median(peak for _, peak in found) / 1024 for who, found in alone.items()}
        median = {key: statistics.median(r[key] for r in runs) for key in runs[0]}
        out = subprocess.run([here + "/tests/bench/floor", str(matrix_bytes(name)), str(int(median["bytes"]))],
                             capture_output=True, text=True, check=True).stdout.split()
        floor = float(out[0]) + float(out[1])
        print("%-6s %9.1f %9.2f %6.2f %15.1f %6.1f %13.1f %7.1f %10.1f kB" % (
            name, 1e3 * median["wall"], 1e3 * floor, median["wall"] / floor, 1e3 * (median["cpu_alice"] - begin["alice"]),
            median["peak_alice"] - own["alice"], 1e3 * (median["cpu_bob"] - begin["bob"]), median["peak_bob"] - own["bob"],
            median["bytes"] / 1e3), flush=True)
    others(here)


if __name__ == "__main__":
    main()
