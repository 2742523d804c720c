"""Silence and trickles end by deadline, and hold up nobody else."""

import contextlib
import threading
import time

from parley import (N64, PREFACE, Relay, abort_reason, agree, check, connect, equal, hello, listen, receive_all, run,
                    start_alice, start_bob)


def ends_by_itself(bob, words, least):
    """Bob ends it, and not at once; that it ends at all is in time for a machine that others use too."""
    began = time.monotonic()
    s = connect(bob.address)
    s.sendall(words)
    data = receive_all(s)
    seconds = time.monotonic() - began
    check(seconds >= least, "it took only %.1f s" % seconds)
    return data


def half_a_preface():
    bob = start_bob("--timeout", "1", *N64)
    ends_by_itself(bob, PREFACE[:4], 0.5)
    bob.event("closed", status=74)
    bob.one_error("in time", "A1")


def no_byte_at_all():
    bob = start_bob("--timeout", "1", *N64)
    ends_by_itself(bob, b"", 0.5)
    bob.event("closed", status=74)


def a_hello_and_silence():
    """For the largest set: bob has promised nothing that costs him."""
    bob = start_bob("--timeout", "1", "--params", "n64,n8192")
    data = ends_by_itself(bob, PREFACE + hello(b"n8192"), 0.5)
    equal(abort_reason(data), "timeout", "the reason that bob gives")
    bob.event("closed", status=74)
    bob.one_error("A2")
    agree(bob)


def a_trickle():
    """A byte now and then does not stretch the time for preface and Hello."""
    bob = start_bob("--timeout", "2", *N64)
    s = connect(bob.address)
    said = []

    def drip():
        with contextlib.suppress(OSError):
            for byte in PREFACE + hello(b"n64"):
                s.sendall(bytes([byte]))
                said.append(byte)
                time.sleep(0.5)  # all of it takes most of a minute

    threading.Thread(target=drip, daemon=True).start()
    receive_all(s)
    bob.event("closed", status=74)
    check(1 < len(said) < len(PREFACE + hello(b"n64")), "bob has taken", len(said), "bytes")


def a_bob_who_is_silent():
    server, address = listen()
    alice = start_alice(address, "--timeout", "1", *N64, stdin=b"x")
    s, _ = server.accept()
    alice.wait(74, seconds=20)
    check(alice.event("closed")["time"] - alice.event("connected")["time"] > 0.5, "alice did not wait")
    alice.one_error("in time")
    s.close()


def a_bob_who_never_accepts():
    """The kernel accepts, the program does not: the same deadline."""
    _, address = listen()
    alice = start_alice(address, "--timeout", "1", *N64, stdin=b"x")
    alice.wait(74, seconds=20)
    alice.one_error()


def an_open_chat_has_no_deadline():
    bob = start_bob("--once", "--timeout", "2", *N64, stdin="pipe")
    alice = start_alice(bob, "--timeout", "2", *N64, stdin="pipe")
    alice.event("open")
    bob.event("open")
    time.sleep(4.5)
    alice.stdin.write(b"after a long silence")
    alice.stdin.close()
    bob.stdin.close()
    alice.wait(0)
    bob.wait(0)
    equal(bob.output, b"after a long silence", "what bob got")


def a_peer_who_stops_reading():
    """Bob's labels find no taker; he does not wait for ever. (The relay takes them and passes nothing on, so it is alice's
    deadline that ends it, or bob's for A3.)"""
    bob = start_bob("--timeout", "1", *N64)
    relay = Relay(bob.address, hold_down=0)
    alice = start_alice(relay.address, "--timeout", "1", *N64, stdin=b"x")
    alice.wait(74, seconds=20)
    bob.event("closed", status=74, seconds=20)


def fifty_slow_clients():
    """They hang in A1 and A2; an honest alice does not notice."""
    bob = start_bob("--timeout", "60", "--params", "n64,n8192")

    def three():
        began = time.monotonic()
        for _ in range(3):
            agree(bob)
        return time.monotonic() - began
    alone = three()
    slow = []
    for i in range(50):
        s = connect(bob.address)
        s.sendall(PREFACE + hello(b"n8192") + b"\0\0\0" if i % 2 else PREFACE[:5])
        slow.append(s)
    beside = three()
    check(beside < max(10, 20 * alone), "three honest alices took %.1f s instead of %.1f" % (beside, alone))
    bob.event("closed", count=6)
    equal(len(bob.all("connected")), 56, "connections that bob saw")
    equal(len(bob.all("closed")), 6, "sessions that have ended")


run(half_a_preface, no_byte_at_all, a_hello_and_silence, a_trickle, a_bob_who_is_silent, a_bob_who_never_accepts,
    an_open_chat_has_no_deadline, a_peer_who_stops_reading, fifty_slow_clients)
