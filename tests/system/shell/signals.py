"""SIGINT and SIGTERM: 130 and 143 before a key; a bob who serves is drained by SIGTERM and ends with 0."""

import signal

from parley import N64, Relay, check, connect, listen, run, start_alice, start_bob, wait_until

BEFORE_KEY = 300
BOTH = ((signal.SIGINT, 130), (signal.SIGTERM, 143))


def alice_before_a_key():
    for number, status in BOTH:
        bob = start_bob(*N64)
        relay = Relay(bob.address, hold_up=BEFORE_KEY)
        alice = start_alice(relay.address, *N64, stdin="pipe")
        check(relay.holding.wait(60), "the session went on")
        alice.signal(number)
        alice.wait(status, seconds=20)
        alice.one_error("interrupted")
        bob.event("closed")


def alice_while_connecting():
    """Nobody has answered yet."""
    for number, status in BOTH:
        server, address = listen()
        alice = start_alice(address, *N64, stdin="pipe")
        alice.event("connected")
        alice.signal(number)
        alice.wait(status, seconds=20)
        server.close()


def bob_once_waits():
    for number, status in BOTH:
        bob = start_bob("--once", *N64)
        bob.signal(number)
        bob.wait(status, seconds=20)


def bob_once_before_a_key():
    for number, status in BOTH:
        bob = start_bob("--once", *N64)
        relay = Relay(bob.address, hold_up=BEFORE_KEY)
        alice = start_alice(relay.address, *N64, stdin="pipe")
        check(relay.holding.wait(60), "the session went on")
        bob.event("step", step="B1")
        bob.signal(number)
        bob.wait(status, seconds=20)
        alice.wait(None, seconds=20)
        check(alice.process.returncode in (69, 74), "alice ended with %d" % alice.process.returncode)


def bob_has_nobody():
    bob = start_bob(*N64)
    bob.signal(signal.SIGTERM)
    bob.wait(0, seconds=20)
    bob = start_bob(*N64)
    bob.signal(signal.SIGINT)
    bob.wait(130, seconds=20)


def bob_is_drained():
    """What was said before arrives; an alice who has nothing more to say ends well; newcomers are turned away."""
    bob = start_bob(*N64)
    alice = start_alice(bob, *N64, "--name", "carol", stdin="pipe")
    alice.event("open")
    alice.stdin.write(b"said before\n")
    quiet = start_alice(bob, *N64, stdin=b"")
    quiet.event("open")
    bob.event("open", count=2)
    bob.signal(signal.SIGTERM)
    wait_until(lambda: "going" in bob.stderr, 60, "bob to say that he is going")
    alice.stdin.write(b"said in time\n")  # the time for that is short: whatever takes longer comes later
    try:
        connect(bob.address)
        raise AssertionError("bob still listens")
    except ConnectionRefusedError:
        pass
    late = start_alice(bob, *N64, stdin=b"too late")
    alice.stdin.close()
    for program, status in ((alice, 0), (quiet, 0), (late, 69), (bob, 0)):
        program.wait(status)
    for line in (b"said before", b"said in time"):
        check(line in bob.output, line, "is lost")


def bob_does_not_wait_for_ever():
    """Neither for an alice who does not end nor for one in the middle of the agreement."""
    bob = start_bob(*N64)
    relay = Relay(bob.address, hold_up=BEFORE_KEY)
    early = start_alice(relay.address, *N64, stdin="pipe")
    check(relay.holding.wait(60), "the session went on")
    endless = start_alice(bob, *N64, stdin="pipe")
    endless.event("open")
    bob.event("open")
    bob.signal(signal.SIGTERM)
    bob.wait(0, seconds=30)
    endless.wait(74, seconds=20)
    early.wait(None, seconds=20)
    check(early.process.returncode in (69, 74), "the early one ended with %d" % early.process.returncode)


def a_second_signal_is_obeyed():
    bob = start_bob(*N64)
    alice = start_alice(bob, *N64, stdin="pipe")
    alice.event("open")
    bob.event("open")
    bob.signal(signal.SIGTERM)
    wait_until(lambda: "going" in bob.stderr, 60, "bob to say that he is going")
    bob.signal(signal.SIGTERM)
    bob.wait(143, seconds=4)
    alice.wait(74, seconds=20)


def in_an_open_pipe():
    """Cut in mid-stream: neither side takes a part for the whole."""
    bob = start_bob("--once", *N64, stdin=b"")
    alice = start_alice(bob, *N64, stdin="pipe")
    alice.event("open")
    alice.stdin.write(b"the first half")
    wait_until(lambda: bob.output == b"the first half", 60, "what alice said")
    alice.signal(signal.SIGINT)
    alice.wait(130, seconds=20)
    bob.wait(74, seconds=20)
    bob.one_error("end mark")


run(alice_before_a_key, alice_while_connecting, bob_once_waits, bob_once_before_a_key, bob_has_nobody, bob_is_drained,
    bob_does_not_wait_for_ever, a_second_signal_is_obeyed, in_an_open_pipe)
