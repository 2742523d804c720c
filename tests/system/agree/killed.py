"""One side is killed in the middle: the other ends in time, with one clear line and the right status."""

from parley import N64, Relay, agree, check, equal, run, start_alice, start_bob, wait_until

BEFORE_KEY = 300  # bytes: somewhere behind A1, before A2 is complete


def bob_before_the_key():
    bob = start_bob("--once", *N64)
    relay = Relay(bob.address, hold_up=BEFORE_KEY)
    alice = start_alice(relay.address, *N64, stdin="pipe")
    alice.event("step", step="B1")
    check(relay.holding.wait(60), "the session went on")
    bob.kill()
    alice.wait(74, seconds=20)
    alice.one_error("in step")
    equal(alice.all("confirmed"), [], "keys that alice accepted")
    equal(alice.event("closed")["status"], 74, "status in the last event")


def bob_after_the_key():
    bob = start_bob("--once", *N64, stdin="pipe")
    alice = start_alice(bob, *N64, stdin="pipe")
    alice.event("open")
    bob.event("open")
    bob.kill()
    alice.wait(74, seconds=20)
    alice.one_error("end mark")


def bob_after_he_has_ended_his_side():
    """Alice has all of his data, but he cannot have had all of hers."""
    bob = start_bob("--once", *N64, stdin=b"all that I have\n")
    alice = start_alice(bob, *N64, stdin="pipe")
    alice.event("open")
    bob.event("open")
    wait_until(lambda: alice.output == b"all that I have\n", 60, "what bob said")
    bob.kill()
    alice.wait(74, seconds=20)
    alice.one_error()


def alice_before_the_key():
    bob = start_bob("--once", *N64)
    relay = Relay(bob.address, hold_up=BEFORE_KEY)
    alice = start_alice(relay.address, *N64, stdin="pipe")
    bob.event("step", step="B1")
    check(relay.holding.wait(60), "the session went on")
    alice.kill()
    bob.wait(74, seconds=20)
    bob.one_error("A2")


def alice_after_the_key():
    bob = start_bob("--once", *N64, stdin="pipe")
    alice = start_alice(bob, *N64, stdin="pipe")
    alice.event("open")
    alice.stdin.write(b"some words")
    bob.event("open")
    wait_until(lambda: bob.output == b"some words", 60, "what alice said")
    alice.kill()
    bob.wait(74, seconds=20)
    bob.one_error("end mark")
    equal(bob.output, b"some words", "what bob wrote")


def the_last_confirmation_is_lost():
    """Bob holds a key that Alice never accepted: he says so and does not end well."""
    bob = start_bob("--once", "--timeout", "2", *N64)
    plain = Relay(bob.address)
    start_alice(plain.address, *N64, "--agree-only").wait(0)
    bob.wait(0)
    at, frames, data = 8, [], plain.recorded[0][1]  # where each of bob's frames begins
    while at < len(data):
        frames.append(at)
        at += 4 + int.from_bytes(data[at:at + 4], "big")
    check(len(frames) >= 5, "bob sends B1, B2, B3, B4 and more")
    bob = start_bob("--once", "--timeout", "2", *N64)
    cut = Relay(bob.address, hold_down=frames[3])
    alice = start_alice(cut.address, "--timeout", "2", *N64, "--agree-only")
    bob.event("confirmed")
    bob.wait(1, seconds=40)
    bob.one_error("accepted the key")
    alice.wait(1, seconds=40)
    alice.one_error("did not open his number")
    equal(alice.all("confirmed"), [], "keys that alice accepted")


def bob_goes_on_serving():
    bob = start_bob(*N64)
    relay = Relay(bob.address, hold_up=BEFORE_KEY)
    early = start_alice(relay.address, *N64, stdin="pipe")
    early.event("step", step="B1")
    late = start_alice(bob, *N64, stdin="pipe")
    session = bob.event("open")["session"]
    early.kill()
    late.kill()
    bob.event("closed", session=session, status=74)
    bob.event("closed", count=2, status=74)
    agree(bob)
    check(bob.running(), "bob has gone")


run(bob_before_the_key, bob_after_the_key, bob_after_he_has_ended_his_side, alice_before_the_key, alice_after_the_key,
    the_last_confirmation_is_lost, bob_goes_on_serving)
