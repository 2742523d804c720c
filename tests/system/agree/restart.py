"""A failed self-check starts again from A1 on the same connection; three failures in a row end the session."""

from parley import N64, check, equal, key_of, path, run, start_alice, start_bob


def session(failures, status):
    bob = start_bob("--once", *N64, "--key-out", path("bob.key"), stdin=b"from bob\n")
    alice = start_alice(bob, *N64, "--fail-learning", failures, "--key-out", path("alice.key"), stdin=b"from alice\n")
    alice.wait(status)
    bob.wait(status)
    return alice, bob


def succeeds_after(failures):
    alice, bob = session(failures, 0)
    equal([e["accepted"] for e in alice.all("learned")], [False] * failures + [True], "what alice learned")
    for program in (alice, bob):
        equal([e["attempt"] for e in program.all("step", step="B2")], list(range(1, failures + 2)),
              "attempts in the events of " + program.name)
        equal(program.errors, [], "errors of " + program.name)
    equal(len({e["session"] for e in alice.events if "session" in e}), 1, "session ids of alice")
    equal(len(alice.all("connected")), 1, "connections of alice")
    equal(key_of("alice.key"), key_of("bob.key"), "alice's key")
    equal((alice.output, bob.output), (b"from bob\n", b"from alice\n"), "the conversation")


def one_failure():
    succeeds_after(1)


def two_failures():
    succeeds_after(2)


def three_failures():
    alice, bob = session(3, 1)
    for program in (alice, bob):
        program.one_error("failed")
        equal(program.all("confirmed"), [], "keys that %s accepted" % program.name)
    check("faulty or hostile" in alice.errors[0], "alice does not say what that means")
    equal(alice.output + bob.output, b"", "standard output")


run(one_failure, two_failures, three_failures)
