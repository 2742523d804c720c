"""alice --reconnect: she comes again after whatever ended a session, with a fresh key each time."""

import signal

from parley import (N64, Program, Relay, check, equal, key_of, lasting_address, path, run, same_key, start_alice,
                    start_bob, wait_until)


def identities():
    """The options of alice and of bob, who know each other's keys."""
    keys = {}
    for kind in ("alice", "bob"):
        program = Program(kind, ["--new-identity", path(kind + ".id")], events=False)
        program.wait(0)
        keys[kind] = program.output.decode().strip()
    return (("--identity", path("alice.id"), "--peer", keys["bob"], "--key-out", path("alice"), *N64),
            ("--identity", path("bob.id"), "--peer", keys["alice"], "--key-out", path("bob"), *N64))


def same_keys(other_than=None):
    """The files may come a moment after the events."""
    wait_until(lambda: same_key("alice", "bob") != other_than, 60, "the same new key on both sides")


def after_a_bob_who_was_killed():
    hers, his = identities()
    bob = start_bob(*his, listen=lasting_address())
    alice = start_alice(bob, *hers, "--reconnect")
    alice.event("open")
    same_keys()
    for number in (signal.SIGKILL, signal.SIGTERM):
        n, before = len(alice.all("open")), key_of("alice")
        bob.signal(number)
        bob.wait(None)
        bob = start_bob(*his, listen=bob.address)
        alice.event("open", count=n + 1)
        same_keys(before)
    alice.signal(signal.SIGTERM)
    alice.wait(0)
    bob.event("closed", status=0)


def before_there_is_a_bob():
    hers, his = identities()
    address = lasting_address()
    alice = start_alice(address, *hers, "--reconnect")
    alice.event("error", count=2)
    start_bob(*his, listen=address)
    alice.event("open")
    same_keys()
    alice.signal(signal.SIGINT)
    alice.wait(0)


def a_line_that_is_dead():
    """--timeout holds for re-keying, too: a bob who is there and says nothing is given up in time, and when he speaks again
    there is a key."""
    hers, his = identities()
    bob = start_bob(*his)
    alice = start_alice(bob, *hers, "--reconnect", "--rekey", "0.5", "--timeout", "1")
    alice.event("confirmed", rekey=True)
    bob.signal(signal.SIGSTOP)
    closed = alice.event("closed")
    equal((closed["status"], closed["reason"]), (74, "no answer in time"), "the end of the session")
    alice.event("closed", count=2)
    n = len(alice.all("open"))
    bob.signal(signal.SIGCONT)
    alice.event("open", count=n + 1)
    alice.event("confirmed", rekey=True, count=len(alice.all("confirmed", rekey=True)) + 1)
    alice.signal(signal.SIGTERM)
    alice.wait(0)
    same_keys()


def sessions_of_their_own():
    """With --agree-only --rekey is the time between two sessions; no key opens anything else."""
    hers, his = identities()
    bob = start_bob(*his, "--agree-only")
    alice = start_alice(bob, *hers, "--agree-only", "--reconnect", "--rekey", "0.3")
    alice.event("closed", count=4)
    equal([e["status"] for e in alice.all("closed")][:4], [0] * 4, "statuses")
    check(len({e["session"] for e in alice.all("confirmed")}) >= 4, "the sessions are not different ones")
    equal(alice.all("confirmed", rekey=True), [], "re-keyings")
    alice.signal(signal.SIGTERM)
    alice.wait(0)
    same_keys()


def somebody_else():
    """She keeps coming while the one who answers is not who he has to be, and gets no key from him."""
    hers, his = identities()
    stranger = start_bob(*N64, listen=lasting_address())
    alice = start_alice(stranger, *hers, "--reconnect")
    alice.event("closed", count=2)
    equal({e["status"] for e in alice.all("closed")}, {1}, "statuses")
    stranger.kill()
    start_bob(*his, listen=stranger.address)
    alice.event("open")
    same_keys()
    alice.signal(signal.SIGTERM)
    alice.wait(0)


def told_to_go():
    """Before there has been a key that is an interruption, in whatever state."""
    hers, his = identities()
    bob = start_bob(*his)
    relay = Relay(bob.address, hold_down=0)
    for address in (relay.address, "[::1]:1"):
        alice = start_alice(address, *hers, "--reconnect")
        alice.event("connected" if address == relay.address else "error")
        alice.signal(signal.SIGTERM)
        alice.wait(143)
    start_alice(bob, *hers).wait(0)


def wrong_options():
    hers, _ = identities()
    for options in (("--reconnect",), (*hers, "--reconnect", "--agree-only"), (*hers, "--rekey", "1", "--agree-only")):
        alice = start_alice("[::1]:1", *options)
        alice.wait(64)
        alice.one_error("--reconnect")


run(after_a_bob_who_was_killed, before_there_is_a_bob, a_line_that_is_dead, sessions_of_their_own, somebody_else, told_to_go,
    wrong_options)
