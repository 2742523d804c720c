"""The real thing: an active attacker plays Bob to alice, and Alice to bob; of bob she asks labels of repeated unit vectors
and reads his secret from them. Nobody who is unauthenticated notices, but for the fingerprint. Nobody who has pinned the
other lets her in."""

import os
import threading

import attacker
from attacker import SETS, FalseBob, Impostor, UnitVectors, false_alice, relay_chat, wire
import parley
from parley import N64, Program, Skip, check, equal, key_of, path, run, start_alice, start_bob


def in_thread(function):
    """function() in a thread; .result after .join()."""
    class Call(threading.Thread):
        result = failure = None

        def run(self):
            try:
                self.result = function()
            except (Exception, SystemExit) as error:  # of the attacker: a test looks at it
                self.failure = error

    call = Call(daemon=True)
    call.start()
    return call


def attack_the_unauthenticated(params):
    """She reads the chat, and changes it. The two fingerprints differ: comparing them is what would have told."""
    options = ("--params", params, "--timeout", "300")
    from_alice, from_bob = b"the safe opens with 4711\n", b"bring the papers\n"
    bob = start_bob("--once", *options, "--key-out", path("bob.key"), stdin=from_bob)
    false_bob = FalseBob(SETS[params])
    to_alice = in_thread(false_bob.agree)
    alice = start_alice(false_bob.address, *options, "--key-out", path("alice.key"), stdin=from_alice)
    with UnitVectors():
        bobs_end, agreed = false_alice(bob.address, SETS[params])
    to_alice.join(300)
    check(to_alice.result, "the attacker did not agree with alice:", to_alice.failure)
    heard = [], []
    change = lambda text: text.replace(b"4711", b"1234")
    up = in_thread(lambda: relay_chat(to_alice.result, bobs_end, heard[0], change))
    down = in_thread(lambda: relay_chat(bobs_end, to_alice.result, heard[1]))
    up.join(300), down.join(300)
    alice.wait(0)
    bob.wait(0)
    equal((b"".join(heard[0]), b"".join(heard[1])), (from_alice, from_bob), "what the attacker heard")
    equal((bob.output, alice.output), (b"the safe opens with 1234\n", from_bob), "what arrived")
    seen = alice.event("confirmed")["fingerprint"], bob.event("confirmed")["fingerprint"]
    check(seen[0] != seen[1], "the fingerprints are equal", seen)
    equal(seen[0], false_bob.fingerprint, "alice's words")
    equal((key_of("alice.key"), key_of("bob.key")), (false_bob.key, agreed.key), "keys that the attacker holds")
    for program, words in zip((alice, bob), seen):
        text = " ".join(program.stderr.split())
        check(words in text and "The peer is unauthenticated" in text, program.name, "does not warn")


def unauthenticated():
    attack_the_unauthenticated("n64")


def unauthenticated_at_the_default_set():
    if parley.SANITIZED:
        raise Skip("n2048 takes long with the sanitizers")
    attack_the_unauthenticated("n2048")


def new_identity(name):
    if os.path.exists(path(name)):
        os.unlink(path(name))
    program = Program("alice", ["--new-identity", path(name)], events=False)
    program.wait(0)
    return program.output.decode().strip(), wire.Identity.of_file(path(name))


def refused_by(program, status, part):
    if program.kind == "bob":  # with pins he waits on, for who holds one
        equal(program.event("closed")["status"], status, "status of the session at bob")
        check(program.running(), "bob is gone")
        program.kill()
    else:
        program.wait(status)
    program.one_error(part)
    check(not program.all("confirmed") and not program.all("open"), program.name, "came to a key")
    equal(program.output, b"", "what %s wrote" % program.name)
    check(not os.path.exists(path(program.kind + ".key")), program.name, "wrote a key")


def attack_the_pinned(identity_of_bob, identity_of_alice, sign_as_bob, at_alice, at_bob):
    """The attacker presents these to each side. sign_as_bob: what she signs to alice; to bob she hands on what alice has
    signed, if it came to that."""
    a, alices = new_identity("a")
    b, bobs = new_identity("b")
    _, own = new_identity("m")
    who = {"none": wire.NONE, "own": own.public, "alice": alices.public, "bob": bobs.public}
    bob = start_bob("--once", *N64, "--identity", path("b"), "--peer", a, "--key-out", path("bob.key"), stdin=b"chat\n")
    false_bob = FalseBob(SETS["n64"], who[identity_of_bob],
                         lambda t3: own.sign(b"parley/1 sign bob", t3) if sign_as_bob else b"")
    to_alice = in_thread(false_bob.agree)
    alice = start_alice(false_bob.address, *N64, "--identity", path("a"), "--peer", b, "--key-out", path("alice.key"),
                        stdin=b"chat\n")
    refused_by(alice, 1, at_alice)
    to_alice.join(300)
    from_alice = getattr(false_bob, "confirm", None)

    def to_bob():
        if identity_of_alice == "none":
            return false_alice(bob.address, SETS["n64"])
        signature = from_alice["signature"] if from_alice else None
        sign = (lambda t3: signature) if identity_of_alice == "alice" and signature else \
            (lambda t3: own.sign(b"parley/1 sign alice", t3))
        return false_alice(bob.address, SETS["n64"], Impostor(who[identity_of_alice], sign))

    with UnitVectors():
        call = in_thread(to_bob)
        call.join(300)
    check(call.failure, "the attacker agreed with bob")
    refused_by(bob, 1, at_bob)
    return str(call.failure)


def pinned():
    said = set()
    said.add(attack_the_pinned("none", "none", False, "presents no identity", "presents no identity"))
    said.add(attack_the_pinned("own", "own", True, "not pinned", "not pinned"))
    said.add(attack_the_pinned("alice", "bob", True, "our own", "our own"))
    equal(len(said), 1, "what the attacker is told at A1")  # all failures look the same
    said = set()
    said.add(attack_the_pinned("bob", "alice", True, "signature does not verify", "signature does not verify"))
    said.add(attack_the_pinned("bob", "alice", False, "signature does not verify", "signature does not verify"))
    equal(len(said), 1, "what the attacker is told at A4")


def one_side_pinned():
    """A bob whom alice has pinned but who lets anybody in: alice refuses, and bob says that his peer is nobody."""
    b, bobs = new_identity("b")
    bob = start_bob("--once", "--agree-only", *N64, "--identity", path("b"))
    false_bob = FalseBob(SETS["n64"], bobs.public, lambda t3: os.urandom(64))
    to_alice = in_thread(false_bob.agree)
    alice = start_alice(false_bob.address, *N64, "--peer", b, "--key-out", path("alice.key"), stdin=b"chat\n")
    refused_by(alice, 1, "signature does not verify")
    to_alice.join(300)
    with UnitVectors():
        end, _ = false_alice(bob.address, SETS["n64"])
    end.send(wire.KIND_END, b"")
    bob.wait(0)
    check("The peer is unauthenticated" in " ".join(bob.stderr.split()), "bob does not warn")


run(unauthenticated, unauthenticated_at_the_default_set, pinned, one_side_pinned)
