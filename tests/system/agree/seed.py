"""--seed fixes every byte that a side sends; it warns, and does not leave the machine."""

import hashlib

from parley import N64, Relay, check, equal, key_of, path, run, start_alice, start_bob

SEED_A, SEED_B, OTHER = "11" * 32, "22" * 32, "33" * 32


def record(alice_seed, bob_seed, *more):
    """Both directions of a session with these seeds (None: no seed), and its key."""
    bob = start_bob("--once", *N64, *(["--seed", bob_seed] if bob_seed else []), stdin=b"from bob\n")
    relay = Relay(bob.address)
    alice = start_alice(relay.address, *N64, *(["--seed", alice_seed] if alice_seed else []), *more,
                        "--key-out", path("key"), stdin=b"from alice\n")
    alice.wait(0)
    bob.wait(0)
    return relay.recorded[0] + [key_of("key"), alice.event("open")["session"]]


def the_same_twice():
    first = record(SEED_A, SEED_B)
    check(len(first[0]) > 9000 and len(first[1]) > 1000, "hardly anything was recorded")
    check(record(SEED_A, SEED_B) == first, "two runs with the same seeds differ")


def restarts_too():
    first = record(SEED_A, SEED_B, "--fail-learning", "1")
    check(record(SEED_A, SEED_B, "--fail-learning", "1") == first, "two runs with the same seeds differ")


def other_seeds_differ():
    ab, cb, ac = record(SEED_A, SEED_B), record(OTHER, SEED_B), record(SEED_A, OTHER)
    check(ab[0] != cb[0], "alice sends the same with another seed")
    check(ab[1] != ac[1], "bob sends the same with another seed")
    equal(ab[0][:500], ac[0][:500], "what alice sends before bob's part can matter")
    equal(len({ab[2], cb[2], ac[2]}), 3, "different keys")
    check(ab[3] == cb[3] != ac[3], "the session id is bob's draw")


def without_a_seed_nothing_repeats():
    first, second = record(None, None), record(None, None)
    check(first[0][8:200] != second[0][8:200] and first[1][8:100] != second[1][8:100], "two sessions begin alike")
    check(first[2] != second[2], "two sessions have one key")


def every_session_of_a_bob_differs():
    bob = start_bob(*N64, "--seed", SEED_B)
    alices = []
    for i in range(2):
        alice = start_alice(bob, *N64, "--seed", SEED_A, "--key-out", path("key%d" % i), stdin=b"x")
        alice.wait(0)
        alices.append(alice.event("open")["session"])
    check(alices[0] != alices[1], "two sessions have one id")
    check(key_of("key0") != key_of("key1"), "two sessions have one key")


def any_text_is_a_seed():
    """It is hashed; 64 hex digits are the seed itself."""
    digits = hashlib.blake2b(b"parley seed" + b"42", digest_size=32).hexdigest()
    short = record("42", "lecture hall 3")
    check(record(digits, "lecture hall 3") == short, "alice's 42 is not its hash")
    check(record("42", hashlib.blake2b(b"parley seedlecture hall 3", digest_size=32).hexdigest().upper()) == short,
          "bob's text is not its hash")
    check(record("43", "lecture hall 3")[2] != short[2], "42 and 43 lead to the same key")


def it_warns():
    bob = start_bob("--once", *N64, "--seed", SEED_B)
    alice = start_alice(bob, *N64, "-q", "--seed", SEED_A, stdin=b"x")
    alice.wait(0)
    bob.wait(0)
    for program in (alice, bob):
        check("INSECURE" in program.stderr, program.name, "does not warn")
        check(SEED_A not in program.stderr and SEED_B not in program.stderr, program.name, "shows the seed")


def refused_off_loopback():
    for address in ("[::]:0", "0.0.0.0:0"):
        bob = start_bob("--seed", SEED_B, listen=address, wait=False)
        bob.wait(64)
        bob.one_error("--seed")
    for address in ("192.0.2.1:24022", "[2001:db8::1]:24022"):
        alice = start_alice(address, "--seed", SEED_A, "--timeout", "2")
        alice.wait(64, seconds=20)
        alice.one_error("--seed")


run(the_same_twice, restarts_too, other_seeds_differ, without_a_seed_nothing_repeats, any_text_is_a_seed,
    every_session_of_a_bob_differs, it_warns, refused_off_loopback)
