"""Whoever sits in between and wants the same words on both sides has to draw: session after session with one side until
its words are those of the other. Each draw that she learns anything from is one that somebody has seen: bob has shown the
words before she has them, and alice, whose number is out, is told that bob did not open his."""

import threading
import time

from attacker import SETS, Draw, FalseBob, UnitVectors, encode, false_alice, wire
from parley import N64, Relay, check, equal, patience, run, start_alice, start_bob, wait_until

ABORT = 10
BUSY, TIMEOUT, UNKNOWN = 3, 4, 99
NOT_OPENED = "Bob did not open his number"


def in_background(function):
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    return thread


def words_of(agreed):
    words = wire.read_words()
    return " ".join(words[f] for f in agreed.fingerprint[:5])


def check_not_confirmed(alice):
    """As alice's user sees it, and no words."""
    alice.wait(1)
    alice.one_error(NOT_OPENED, "do not just try again", "in step B4")
    equal(alice.all("confirmed"), [], "words that alice showed")
    check("Hint" not in alice.stderr, "a hint to wait longer or to try again")
    check("FINGERPRINT" not in alice.stderr, "alice showed words")
    equal(len(alice.all("connected")), 1, "connections of alice")


def against_bob():
    """Alice waits for B4, and with it for words that are settled: the attacker knows them, and draws bob's."""
    bob = start_bob(*N64)
    drawn = []

    def draw(false_bob):
        def shown_by_now():
            # no waiting: he shows them before a byte of B4 goes out
            confirmed = bob.all("confirmed")
            equal(len(confirmed), len(drawn) + 1, "sessions whose words bob has shown in his events")
            check('fingerprint="%s"' % confirmed[-1]["fingerprint"] in bob.stderr, "not yet on his screen")

        with UnitVectors():
            for _ in range(20):  # as far as B3 it costs nothing, and tells nothing
                try:
                    false_alice(bob.address, SETS["n64"], link=lambda w: Draw(w, give_up=True))
                    raise AssertionError("the session was not given up")
                except Draw.GivenUp:
                    pass
            equal(bob.all("confirmed"), [], "words that bob has shown for sessions without A4")
            while len(drawn) < 9:
                sealed, agreed = false_alice(bob.address, SETS["n64"], link=lambda w: Draw(w, on_b4=shown_by_now))
                drawn.append(words_of(agreed))
                sealed.socket.close()
        check(false_bob.fingerprint not in drawn, "the words are the same: 9 chances in 2^40")
        false_bob.connection.close()

    false_bob = FalseBob(SETS["n64"], instead=draw)
    failures = []

    def play():
        try:
            false_bob.agree()
        except Exception as error:
            failures.append(error)

    attacker = in_background(play)
    alice = start_alice(false_bob.address, *N64)
    attacker.join(patience(60))
    equal(failures, [], "what stopped the attacker")
    equal([e["fingerprint"] for e in bob.all("confirmed")], drawn, "the words of each draw, and what bob has shown")
    check_not_confirmed(alice)
    wait_until(lambda: "searches for words" in bob.stderr, 10, "bob's warning")


def against_alice():
    """The attacker is through with bob, whose words are shown; now alice's have to become the same. Whatever she is told
    instead of B4, in whatever words, she draws no second time."""
    bob = start_bob("--once", *N64, stdin="pipe")
    with UnitVectors():
        _, agreed = false_alice(bob.address, SETS["n64"])
    equal(bob.event("confirmed")["fingerprint"], words_of(agreed), "bob's words")

    def say(reason):
        def abort(false_bob):
            false_bob.connection.sendall(encode(ABORT, reason=reason))
            time.sleep(0.1)
            false_bob.connection.close()
        return abort

    def close(false_bob):
        false_bob.connection.close()

    def another_number(false_bob):
        false_bob.connection.sendall(encode(wire.CONFIRM_BOB, mac=bytes(32), r=bytes(32)))

    def nothing(false_bob):
        pass

    for instead in (say(BUSY), say(TIMEOUT), say(UNKNOWN), close, another_number, nothing):
        false_bob = FalseBob(SETS["n64"], instead=instead)
        attacker = in_background(false_bob.agree)
        alice = start_alice(false_bob.address, *N64, "--timeout", "1" if instead is nothing else "600")
        attacker.join(patience(60))
        check(false_bob.fingerprint != words_of(agreed), "the words are the same: 6 chances in 2^40")
        check_not_confirmed(alice)


def a_busy_answer_is_one_only_before_b1():
    """The same words, but to B1: there she asks again, since nothing of hers is out."""
    bob = start_bob("--once", *N64)
    alice = start_alice(Relay(bob.address, busy=2).address, *N64, stdin=b"x")
    alice.wait(0)
    equal(len(alice.all("connected")), 3, "connections of alice")


run(against_bob, against_alice, a_busy_answer_is_one_only_before_b1)
