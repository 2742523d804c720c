"""Silence and trickles end by deadline, and hold up nobody else."""

import contextlib
import threading
import time

from parley import (N64, PREFACE, Relay, abort_reason, agree, check, connect, equal, hello, listen, patience,
                    receive_all, run, start_alice, start_bob)


def ends_within(bob, s, least, most, status=74):
    began = time.monotonic()
    data = receive_all(s)
    seconds = time.monotonic() - began
    check(least <= seconds <= patience(most), "it took %.1f s" % seconds)
    return data


def half_a_preface():
    bob = start_bob("--timeout", "1", *N64)
    s = connect(bob.address)
    s.sendall(PREFACE[:4])
    ends_within(bob, s, 0.5, 8)
    bob.event("closed", status=74)
    bob.one_error("in time", "A1")


def no_byte_at_all():
    bob = start_bob("--timeout", "1", *N64)
    ends_within(bob, connect(bob.address), 0.5, 8)
    bob.event("closed", status=74)


def a_hello_and_silence():
    """For the largest set: bob has promised nothing that costs him."""
    bob = start_bob("--timeout", "1", "--params", "n64,n8192")
    s = connect(bob.address)
    s.sendall(PREFACE + hello(b"n8192"))
    data = ends_within(bob, s, 0.5, 20)
    equal(abort_reason(data), "timeout", "the reason that bob gives")
    bob.event("closed", status=74)
    bob.one_error("A2")
    agree(bob)


def a_trickle():
    """A byte now and then does not stretch the time for preface and Hello."""
    bob = start_bob("--timeout", "2", *N64)
    s = connect(bob.address)

    def drip():
        with contextlib.suppress(OSError):
            for byte in PREFACE + hello(b"n64"):
                s.sendall(bytes([byte]))
                time.sleep(0.1)

    threading.Thread(target=drip, daemon=True).start()
    ends_within(bob, s, 1, 10)
    bob.event("closed", status=74)


def a_bob_who_is_silent():
    server, address = listen()
    alice = start_alice(address, "--timeout", "1", *N64, stdin=b"x")
    s, _ = server.accept()
    began = time.monotonic()
    alice.wait(74, seconds=20)
    check(time.monotonic() - began > 0.5, "alice did not wait")
    alice.one_error("in time")
    s.close()


def a_bob_who_never_accepts():
    """The kernel accepts, the program does not: the same deadline."""
    _, address = listen()
    alice = start_alice(address, "--timeout", "1", *N64, stdin=b"x")
    alice.wait(74, seconds=20)
    alice.one_error()


def an_open_chat_has_no_deadline():
    bob = start_bob("--once", "--timeout", "0.5", *N64, stdin="pipe")
    alice = start_alice(bob, "--timeout", "0.5", *N64, stdin="pipe")
    alice.event("open")
    bob.event("open")
    time.sleep(2.5)
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
    slow = []
    for i in range(50):
        s = connect(bob.address)
        s.sendall(PREFACE + hello(b"n8192") + b"\0\0\0" if i % 2 else PREFACE[:5])
        slow.append(s)
    began = time.monotonic()
    for _ in range(3):
        agree(bob)
    check(time.monotonic() - began < patience(10), "three honest alices took %.1f s" % (time.monotonic() - began))
    equal(len(bob.all("connected")), 53, "connections that bob saw")
    equal(len(bob.all("closed")), 3, "sessions that have ended")


run(half_a_preface, no_byte_at_all, a_hello_and_silence, a_trickle, a_bob_who_is_silent, a_bob_who_never_accepts,
    an_open_chat_has_no_deadline, a_peer_who_stops_reading, fifty_slow_clients)
