"""One bob, many alices at once: each has a session and a key of her own, and there is a limit."""

import contextlib

import parley
from parley import N64, Program, agree, check, equal, key_of, path, run, start_alice, start_bob, wait_until


def ten_at_once():
    """All ten are open at the same time before the first one ends."""
    bob = start_bob(*N64, "--key-out", path("bob-%s"))
    alices = [start_alice(bob, *N64, "--key-out", path("alice-%d" % i), stdin="pipe") for i in range(10)]
    sessions = [alice.event("open")["session"] for alice in alices]
    equal(len(set(sessions)), 10, "different sessions")
    for alice in alices:
        check(alice.running(), alice.name, "has gone")
        alice.stdin.write(b"from %s\n" % alice.name.encode())
        alice.stdin.close()
    for alice in alices:
        alice.wait(0)
    keys = [key_of("alice-%d" % i) for i in range(10)]
    equal(len(set(keys)), 10, "different keys")
    for session, key in zip(sessions, keys):
        equal(key_of("bob-" + session), key, "bob's key of session " + session)
    equal(len({alice.event("confirmed")["fingerprint"] for alice in alices}), 10, "different fingerprints")
    agree(bob)
    for session in sessions:
        bob.event("closed", session=session, status=0)
    check(bob.running(), "bob has gone")


def a_full_house():
    """The one too many is told at once, asks again for a while, and hears what to do; or is served when somebody has left."""
    bob = start_bob(*N64, "--max-sessions", "10")
    alices = [start_alice(bob, *N64, stdin="pipe") for _ in range(10)]
    for alice in alices:
        alice.event("open")
        alice.stdin.write(b"here\n")  # who is silent has to go
    wait_until(lambda: bob.output.count(b"here") == 10, 20, "all of them to be heard")
    late = start_alice(bob, *N64, "--timeout", "3", stdin=b"hello\n")
    late.wait(69)
    late.one_error("busy", "--max-sessions")
    check(len(late.all("connected")) > 1, "she asked only once")
    equal({e["status"] for e in late.all("closed")}, {69}, "status of each time")
    patient = start_alice(bob, *N64, "--timeout", "60", stdin=b"hello\n")
    patient.event("closed", status=69, count=2)
    alices[0].stdin.close()
    alices[0].wait(0)
    patient.wait(0)
    equal(patient.errors, [], "errors of the patient one")
    check("Bob is busy" in patient.stderr, "she does not say what she waits for")
    for alice in alices[1:]:
        alice.stdin.close()
    for alice in alices[1:]:
        alice.wait(0)


def no_line_is_lost():
    """A bob who serves many shows each line under its sender's name, all of them in order, also when they come fast."""
    n = 2000 if parley.SANITIZED else 20000
    bob = start_bob(*N64)
    names = ("ann", "bea", "cay")
    alices = [start_alice(bob, *N64, "--name", name, stdin=b"".join(b"%d\n" % i for i in range(n))) for name in names]
    for alice in alices:
        alice.wait(0)

    def complete():
        return bob.output.count(b"\n") >= 3 * n

    with contextlib.suppress(AssertionError):
        wait_until(complete, 20, "the lines")
    for name in names:
        mine = [line.split(b": ")[1] for line in bob.output.splitlines() if line.startswith(name.encode() + b": ")]
        equal(len(mine), n, "lines of " + name)
        check(mine == [b"%d" % i for i in range(n)], "lines of", name, "in another order")


def different_sets_at_once():
    """A long session does not hold up the short ones."""
    bob = start_bob("--params", "n64,n256,n4096")
    large = start_alice(bob, "--params", "n4096", stdin=b"large\n")
    large.event("connected")
    small = [start_alice(bob, "--params", name, stdin=b"small\n") for name in ("n64", "n256", "n64", "n256")]
    for alice in small:
        alice.wait(0)
    large.wait(0)
    equal(large.event("confirmed")["params"], "n4096", "the large one's set")


def a_line_for_one():
    """Nobody gets another one's line by a name, and nobody's words look like another's."""
    bob = start_bob(*N64, stdin="pipe")
    ann = start_alice(bob, *N64, "--name", "ann", stdin="pipe")
    session = ann.event("open")["session"]
    bob.event("open", session=session)
    others = []
    for name in (session, "ann:", "ann: I resign", "ann", "ANN", "bob"):
        others.append(start_alice(bob, *N64, "--name", name, stdin="pipe"))
        bob.event("open", session=others[-1].event("open")["session"])
    for line in (b"@ann one\n", b"@%s: two\n" % session.encode(), b"@nobody three\n", b"@ four\n", b"@ann/ five\n"):
        bob.stdin.write(line)
    wait_until(lambda: ann.output == b"one\ntwo\n", 20, "ann's lines")
    wait_until(lambda: bob.stderr.count("was not sent") == 3, 20, "bob to refuse three lines")
    for alice in [ann] + others:
        alice.stdin.write(b"I am here\n")
    wait_until(lambda: bob.output.count(b"\n") == 7, 20, "what all of them say")
    labels = [line.split(b": ", 1) for line in bob.output.splitlines()]
    equal({text for _, text in labels}, {b"I am here"}, "what they said")
    equal(len({label.lower() for label, _ in labels}), 7, "different labels")
    equal(sum(label == b"ann" for label, _ in labels), 1, "those who are called ann")
    bob.stdin.write(b"to all\n")
    for alice in others:
        wait_until(lambda: alice.output == b"to all\n", 20, "nothing but what goes to all")
    for alice in [ann] + others:
        alice.stdin.close()
        alice.wait(0)


def known_by_their_keys():
    """Whom bob has pinned is called by her key, whatever she calls herself."""
    keys = []
    for name in ("a", "b"):
        program = Program("alice", ["--new-identity", path(name)], events=False)
        program.wait(0)
        keys.append(program.output.decode().strip())
    labels = [key.replace("+", "-").replace("/", "_")[:12] for key in keys]
    bob = start_bob(*N64, "--peer", ",".join(keys), stdin="pipe")
    alices = [start_alice(bob, *N64, "--identity", path(name), "--name", labels[0], stdin="pipe") for name in ("a", "b")]
    for alice in alices:
        bob.event("open", session=alice.event("open")["session"])
    for label in labels:
        bob.stdin.write(b"@%s for %s\n" % (label.encode(), label.encode()))
    for alice, label in zip(alices, labels):
        wait_until(lambda: alice.output == b"for %s\n" % label.encode(), 20, "her line")
        alice.stdin.write(b"thanks\n")
        wait_until(lambda: b"%s: thanks\n" % label.encode() in bob.output, 20, "her thanks")


def many_short_ones():
    """Eight unpinned sessions that end soon after their words were shown: it is said once, also with -q."""
    bob = start_bob("-q", *N64)
    for i in range(10):
        check(("searches for words" in bob.stderr) == (i > 7), "after", i, "sessions:", bob.stderr)
        agree(bob)
        bob.event("closed", count=i + 1)
        if i == 7:
            wait_until(lambda: "searches for words" in bob.stderr, 10, "the warning")
    equal(bob.stderr.count("searches for words"), 1, "warnings")


def experimental_tasks_are_called_so():
    """Once for each of them, with what it rests on, before anybody has come; LPN is none."""
    bob = start_bob("--params", "r1019,n64,l96,r509")
    wait_until(lambda: "unauthenticated" in bob.stderr, 10, "bob to say what he offers")
    said = " ".join(bob.stderr.split())
    for task, name, rests in (("ring", "r1019", "LPN with structure"), ("lwe", "l96", "LWE with a small secret")):
        check("%s, the task of %s, is experimental: it rests on %s" % (task, name, rests) in said, task, "in", said)
    equal([said.count("is experimental"), said.count("is a toy")], [2, 4], "experimental tasks and toys")
    for name, words in (("l96", "toy=yes experimental=yes "), ("n64", "toy=yes ")):
        alice = start_alice(bob, "--params", name, "--log", stdin=b"")
        alice.wait(0)
        check("set=%s %sidentity=none" % (name, words) in alice.stderr, alice.stderr)


functions = [experimental_tasks_are_called_so, a_line_for_one, many_short_ones, known_by_their_keys, ten_at_once, a_full_house, no_line_is_lost]
if "--sanitized" not in parley.sys.argv:
    functions.append(different_sets_at_once)
run(*functions)
