"""The wall clock jumps by up to a day, back and forth, at every look; whatever waits, waits as long as it should."""

import os
import signal
import subprocess
import sys
import time

import parley
from parley import (N64, PREFACE, Relay, agree, check, connect, equal, receive_all, run, start_alice, start_bob)

JUMPS = {"LD_PRELOAD": os.environ["PARLEY_CLOCK"]}


def it_jumps():
    """The control: another program, preloaded alike, sees the jumps."""
    out = subprocess.run([sys.executable, "-c", "import time; print(max(abs(time.time() - time.time()) for _ in range(50)))"],
                         env=dict(os.environ, **JUMPS), capture_output=True, text=True, check=True).stdout
    check(float(out) > 3600, "the clock does not jump:", out)


def sessions_go_well():
    """Also a chat that is open for longer than the timeout, and fresh keys in it."""
    bob = start_bob(*N64, "--timeout", "3", environment=JUMPS)
    alice = start_alice(bob, *N64, "--timeout", "3", "--rekey", "0.5", stdin="pipe", environment=JUMPS)
    alice.event("confirmed", count=8)
    for _ in range(3):
        agree(bob, environment=JUMPS)
    check(alice.running(), "the open chat has ended")
    alice.stdin.close()
    alice.wait(0)
    bob.signal(signal.SIGTERM)
    bob.wait(0)
    equal((alice.errors, bob.errors), ([], []), "errors")


def deadlines_hold():
    """Neither at once nor never."""
    bob = start_bob(*N64, "--timeout", "2", environment=JUMPS)
    began = time.monotonic()
    s = connect(bob.address)
    s.sendall(PREFACE)
    receive_all(s)
    seconds = time.monotonic() - began
    check(seconds > 1.5, "silence of an alice ended after %.1f s, not 2" % seconds)
    relay = Relay(bob.address, hold_down=0)
    began = time.monotonic()
    alice = start_alice(relay.address, *N64, "--timeout", "2", environment=JUMPS)
    alice.wait(74)
    seconds = time.monotonic() - began
    check(seconds > 1.5, "silence of a bob ended after %.1f s, not 2" % seconds)


run(it_jumps, sessions_go_well, deadlines_hold)
