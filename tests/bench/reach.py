#!/usr/bin/env python3
"""How soon Eve has the key: sessions of alice and bob through eve tap, each given to eve learn with one thread.

usage: reach.py BUILD [--sets l64,l80,l96] [--sessions N] [--budget SECONDS] [--learner NAME]

A session counts as broken if the key that eve prints is the one that bob wrote. Times are of eve learn, from the start of the
program to its end, reading the capture included: wall seconds, and seconds of the processor with all child processes.
"""
import argparse
import base64
import json
import os
import signal
import statistics
import subprocess
import tempfile
import time

from listening import wait_for


def session(build, name, folder):
    """A capture of one handshake, and bob's key."""
    capture, key, bob_log, tap_log = (os.path.join(folder, f) for f in ("tap.pcap", "key", "bob", "tap"))
    for old in (capture, key):
        if os.path.exists(old):
            os.unlink(old)
    with open(bob_log, "wb") as out, open(tap_log, "wb") as tap_out:
        bob = subprocess.Popen([build + "/bob/bob", "--listen", "127.0.0.1:0", "--params", name, "--once", "--agree-only", "--key-out", key],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=out)
        address = wait_for(bob_log, r"(127\.0\.0\.1:\d+)")
        tap = subprocess.Popen([build + "/eve/eve", "tap", "--listen", "127.0.0.1:0", "--to", address, "--write", capture, "--once"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=tap_out)
        through = wait_for(tap_log, r"(127\.0\.0\.1:\d+)")
        subprocess.run([build + "/alice/alice", "--connect", through, "--params", name, "--agree-only", "-q"], stdin=subprocess.DEVNULL,
                       check=True)
        for process in (bob, tap):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGTERM)
                process.wait()
    with open(key, "rb") as f:
        return capture, base64.b64decode(f.read())


def attack(build, capture, arguments):
    command = [build + "/eve/eve", "learn", capture, "--threads", "1", "--budget", str(arguments.budget), "--json", "-q"]
    if arguments.learner:
        command += ["--learner", arguments.learner]
    before, began = os.times(), time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    wall, after = time.monotonic() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    found = json.loads(done.stdout)["sessions"][0]
    return base64.b64decode(found["key"]) if found["key_recovered"] else None, wall, used, found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--sets", default="l64,l80,l96")
    parser.add_argument("--sessions", type=int, default=5)
    parser.add_argument("--budget", type=float, default=600)
    parser.add_argument("--learner")
    arguments = parser.parse_args()
    print("| set | sessions | wall: median | longest | processor: median | longest |\n|---|---|---|---|---|---|", flush=True)
    for name in arguments.sets.split(","):
        walls, used, broken = [], [], 0
        for _ in range(arguments.sessions):
            with tempfile.TemporaryDirectory() as folder:
                capture, key = session(arguments.build, name, folder)
                found, wall, processor, _ = attack(arguments.build, capture, arguments)
                broken += found == key
                walls.append(wall)
                used.append(processor)
        print("| %s | %d of %d broken | %.2f s | %.2f s | %.2f s | %.2f s |" % (
            name, broken, arguments.sessions, statistics.median(walls), max(walls), statistics.median(used), max(used)), flush=True)


main()
