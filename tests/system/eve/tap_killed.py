"""Peers of a tap are killed in the middle, and the tap itself: whoever is left ends in time with one clear line, the tap goes on
for the others, and its capture can be read as far as it goes."""

import random
import signal

from eve import check, eve, inspect, path, start_tap
from parley import N64, agree, equal, run, start_alice, start_bob, wait_until


def open_session(*arguments, once=True):
    bob = start_bob(*N64, *(["--once"] if once else []), stdin="pipe")
    tap = start_tap(bob, "tap.pcap", *arguments)
    alice = start_alice(tap.address, *N64, stdin="pipe")
    alice.stdin.write(b"a line\n")
    alice.event("open")
    wait_until(lambda: bob.output == b"a line\n", 20, "the line at bob")
    return bob, tap, alice


def one_session():
    found = inspect(path("tap.pcap"))
    equal(len(found["sessions"]), 1, "sessions in the capture")
    return found["sessions"][0]


def alice_is_killed():
    bob, tap, alice = open_session("--once")
    alice.kill()
    bob.wait(74, seconds=20)
    bob.one_error("end mark")
    tap.wait(0)
    check(one_session()["fingerprint"] == bob.event("confirmed")["fingerprint"], "the capture's fingerprint")


def bob_is_killed():
    bob, tap, alice = open_session("--once")
    bob.kill()
    alice.wait(74, seconds=20)
    alice.one_error("end mark")
    tap.wait(0)
    check(one_session()["fingerprint"] == alice.event("confirmed")["fingerprint"], "the capture's fingerprint")


def the_tap_is_killed():
    bob, tap, alice = open_session()
    tap.process.send_signal(signal.SIGKILL)
    for side in (alice, bob):
        side.wait(74, seconds=20)
        side.one_error("end mark")
    eve("inspect", path("tap.pcap"), status=None)  # what it had written: read, or refused with a word
    check("Sanitizer" not in eve.said, eve.said)


def some_of_many_are_killed():
    """At any moment, from the first byte to the conversation; the tap and bob serve the next one."""
    seed = random.randrange(1 << 32)
    print("    seed %d" % seed, flush=True)
    chance = random.Random(seed)
    bob = start_bob(*N64, "--timeout", 20)
    tap = start_tap(bob, "tap.pcap")
    alices = [start_alice(tap.address, *N64, stdin="pipe") for _ in range(8)]
    for alice in chance.sample(alices, 5):
        if chance.random() < 0.5:
            alice.event("open")
        alice.kill()
    for alice in alices:
        if alice.running():
            alice.event("open")
            alice.stdin.close()
            alice.wait(0)
    bob.address = tap.address
    agree(bob)
    for program in (bob, tap.process):
        (program.signal if program is bob else program.send_signal)(signal.SIGTERM)
    bob.wait(0)
    tap.wait(0)
    check(len(inspect(path("tap.pcap"))["sessions"]) >= 4, "sessions in the capture")


run(alice_is_killed, bob_is_killed, the_tap_is_killed, some_of_many_are_killed)
