#!/usr/bin/env python3
"""A whole class at once: how long each phone waits for its key, and what that costs eve serve.

usage: PYTHONPATH=tests/lib room.py ALICE BOB --eve=EVE --load=BUILD/tests/bench/load [--set=SET] [--phones=N]

N alices of one process (load) join at the same moment, each through a WebSocket of its own, and agree with one bob; then the
same without the room, directly, for comparison. From connect to key, seconds: first, median, last. Of eve: processor seconds,
and resident memory at most. The WebSockets' other ends are threads of this program, which take
processors as well: on a small machine what is measured is an upper bound.
"""

import os
import statistics
import subprocess
import sys

import parley
from parley import check, run, start_bob
from phone import Room, Tunnel


def option(name, default):
    return next((a.split("=", 1)[1] for a in sys.argv if a.startswith("--%s=" % name)), default)


SET, PHONES = option("set", "n256"), int(option("phones", "100"))


def at_once(address):
    """Seconds to the key of each, in order."""
    done = subprocess.run([option("load", None), address, SET, "at-once", str(PHONES)], capture_output=True, text=True, check=False)
    check(done.returncode == 0, "load", done.returncode, done.stderr[-500:], done.stdout[-200:])
    times = sorted(float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("confirmed "))
    check(len(times) == PHONES, "%d of %d have a key" % (len(times), PHONES))
    return times


def say(what, times):
    print("%-12s first %7.3f s   median %7.3f s   last %7.3f s" % (what, times[0], statistics.median(times), times[-1]))


def status(pid, what):
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(what)) / 1024


def seconds(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def a_class():
    bob = start_bob("--params", SET, "--timeout", "300")
    print("%d phones at %s" % (PHONES, SET))
    say("directly", at_once(bob.address))
    room = Room(bob.address, "--per-address", 128)
    before, memory = seconds(room.process.pid), status(room.process.pid, "VmRSS")
    say("in the room", at_once(Tunnel(room, "Ada #", SET).address))
    parley.wait_until(lambda: sum(p["steps"] == 8 for p in room.state()["pupils"]) == PHONES, 60, "all tiles to have their words")
    print("eve          %.2f processor seconds, %.0f MiB at most, %.0f MiB before" % (
        seconds(room.process.pid) - before, status(room.process.pid, "VmHWM"), memory))
    room.stop()


run(a_class)
