"""Programs of another architecture and those of this one agree, in both roles, and chat.

usage: agree.py ALICE BOB OTHER_ALICE OTHER_BOB RUN SET...    RUN runs a program of the other architecture; "" if nothing is needed"""

import sys

import parley
from parley import check, equal, key_of, path, run, start_alice, start_bob

arguments = sys.argv[1:]
if len(arguments) < 6:
    sys.exit(__doc__)
here, there, sets = arguments[:2], arguments[2:4], arguments[5:]
runs = [arguments[4]] if arguments[4] else []
sys.argv[1:] = here


def sessions(alices, bobs):
    """alices and bobs: (program, what runs it)"""
    patient = ("--timeout", "600")
    for name in sets:
        parley.BOB, prefix = bobs
        bob = start_bob("--once", "--params", name, "--key-out", path("bob"), *patient, prefix=prefix, stdin=b"from bob\n" * 5000)
        parley.ALICE, prefix = alices
        alice = start_alice(bob, "--params", name, "--key-out", path("alice"), *patient, prefix=prefix, stdin=b"from alice\n" * 5000)
        alice.wait(0, seconds=600)
        bob.wait(0, seconds=600)
        equal(key_of("alice"), key_of("bob"), "alice's key of " + name)
        equal(alice.event("confirmed")["fingerprint"], bob.event("confirmed")["fingerprint"], "the words of " + name)
        check(alice.output == b"from bob\n" * 5000, "what bob said arrived otherwise, with " + name)
        check(bob.output == b"from alice\n" * 5000, "what alice said arrived otherwise, with " + name)


def alice_from_there():
    sessions((there[0], runs), (here[1], ()))


def bob_from_there():
    sessions((here[0], ()), (there[1], runs))


def both_from_there():
    sessions((there[0], runs), (there[1], runs))


run(alice_from_there, bob_from_there, both_from_there)
