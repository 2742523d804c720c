#!/usr/bin/env python3
"""Times handshakes between a real bob and a real alice on loopback, beside the floor.

usage: handshake.py BUILD [--runs N] [--sets n2048,n8192,...]

Per set: the median wall time from alice's TCP connect to both sides confirmed (alice confirms last), processor time and peak
memory of each side, bytes on the wire, and the floor measured in the same run with both daemons stopped.
bob's memory is what his peak adds to his size before the first connection.
"""
import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SETS = ["n64", "n128", "n256", "n384", "n512", "n1024", "n2048", "n4096", "n8192"]


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


def finish(process, path):
    """Waits for the end: processor seconds, peak KiB; ends this program if the command failed."""
    process.wait()
    with open(path, encoding="ascii") as f:
        cpu, peak, status = f.read().split()
    if status != "0":
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


def idle_kib(build, folder):
    """The peak of a bob who nobody talks to."""
    bob, usage, log = start(build, folder, "bob", "--listen", "127.0.0.1:%d" % free_port(), "--params", SETS[-1])
    wait_for(log, "listening", bob)
    time.sleep(0.2)
    with open("/proc/%d/task/%d/children" % (bob.pid, bob.pid), encoding="ascii") as f:
        os.kill(int(f.read()), signal.SIGTERM)
    return finish(bob, usage)[1]


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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--sets", default=",".join(SETS))
    args = parser.parse_args()
    here = args.build
    print("set      wall ms  floor ms  ratio   alice: cpu ms  peak MiB   bob: cpu ms  + MiB   on the wire")
    for name in args.sets.split(","):
        with tempfile.TemporaryDirectory() as folder:
            idle = idle_kib(here, folder) / 1024
            runs = [handshake(here, name, folder) for _ in range(args.runs)]
        median = {key: statistics.median(r[key] for r in runs) for key in runs[0]}
        n = int(name[1:])
        out = subprocess.run([here + "/tests/bench/floor", str(32 * n * n // 8), str(int(median["bytes"]))],
                             capture_output=True, text=True, check=True).stdout.split()
        floor = float(out[0]) + float(out[1])
        print("%-6s %9.1f %9.1f %6.2f %15.1f %9.1f %13.1f %7.1f %10.3f MB" % (
            name, 1e3 * median["wall"], 1e3 * floor, median["wall"] / floor, 1e3 * median["cpu_alice"],
            median["peak_alice"], 1e3 * median["cpu_bob"], median["peak_bob"] - idle, median["bytes"] / 1e6), flush=True)


if __name__ == "__main__":
    main()
