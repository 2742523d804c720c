"""SIGKILL at every step of writing a key file, and at any moment of a fast re-keying: the file holds the old key or the new
one, whole, or is not there yet."""

import base64
import os
import random
import time

import parley
from parley import N64, Skip, agree, check, equal, key_of, path, run, start_alice, start_bob, wait_until

OLD = base64.b64encode(bytes(range(32))) + b"\n"


def shim():
    found = os.environ.get("FAULT_SHIM")
    if not found:
        raise Skip("no fault shim here: it is for glibc, without a sanitizer")
    return found


def at_every_step():
    """Before each call, and in the middle of the write."""
    bob = start_bob(*N64)
    written = 0
    for step in range(1, 40):
        name = "key-%d" % step
        parley.write(name, OLD)
        alice = start_alice(bob, *N64, "--agree-only", "--no-sandbox", "--key-out", path(name), events=False, environment={
            "LD_PRELOAD": shim(), "FAULT_KILL": str(step), "FAULT_PATH": path(name)})
        status = alice.wait(None)
        key = parley.read(name)
        if status == 0:
            check(key != OLD and written, "no new key, or every step left the old one")
            key_of(name)
            break
        equal(status, -9, "status of alice")
        check(not written or key != OLD, "the old key has come back at step", step)
        if key != OLD:
            key_of(name)
            written += 1
    else:
        raise AssertionError("alice is killed at every step, however late")
    check(step > 5, "only %d steps were seen" % step)
    print("    %d steps, behind %d of which the key is the new one" % (step - 1, written), flush=True)
    agree(bob)


def at_any_moment():
    """Alice and then bob, again and again; the file is read all the time, too."""
    seed = random.randrange(1 << 32)
    print("    seed %d" % seed, flush=True)
    chance = random.Random(seed)
    for turn in range(4 if parley.SANITIZED else 20):
        victims = ["alice", "bob"]
        bob = start_bob("--once", *N64, "--key-out", path("key-bob"), stdin="pipe")
        alice = start_alice(bob, *N64, "--rekey", "0.1", "--key-out", path("key-alice"), stdin="pipe")
        wait_until(lambda: os.path.exists(path("key-alice")) and os.path.exists(path("key-bob")), 30, "the first keys")
        victim = {"alice": alice, "bob": bob}[victims[turn % 2]]
        end = time.monotonic() + chance.uniform(0.0, 0.25)
        n_read = 0
        while time.monotonic() < end or n_read == 0:
            key_of("key-alice")
            key_of("key-bob")
            n_read += 1
        victim.kill()
        for name in ("key-alice", "key-bob"):
            key_of(name)
        for program in (alice, bob):
            program.clean_up()


run(at_every_step, at_any_moment)
