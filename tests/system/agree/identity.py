"""Identities on the command line: files, pins, key files named after the peer, and what each side is told."""

import base64
import os
import signal
import stat

import parley
from parley import (N64, Program, agree, check, equal, key_of, path, read, run, start_alice, start_bob, wait_until,
                    write)


def new_identity(name, kind="alice"):
    """The public key of a new identity file."""
    program = Program(kind, ["--new-identity", path(name)], events=False)
    program.wait(0, seconds=20)
    equal(program.stderr, "", "what is said about a new identity")
    public = program.output.decode()
    check(public.endswith("\n") and len(base64.b64decode(public[:-1], validate=True)) == 32, "printed", repr(public))
    return public[:-1]


def the_file():
    old = os.umask(0)
    try:
        public = new_identity("id")
    finally:
        os.umask(old)
    equal(oct(stat.S_IMODE(os.stat(path("id")).st_mode)), "0o600", "mode")
    text = read("id").decode()
    magic, seed, written = text.rstrip("\n").split(" ")
    equal((magic, written, len(base64.b64decode(seed))), ("parley-identity-1", public, 32), "the file")
    check(new_identity("another", "bob") != public, "two identities are the same")
    again = Program("alice", ["--new-identity", path("id")], events=False)
    again.wait(74, seconds=20)
    again.one_error("--new-identity", "never overwritten")
    equal((again.output, read("id").decode()), (b"", text), "the file that was there")
    nowhere = Program("bob", ["--new-identity", path("no/such/folder")], events=False)
    nowhere.wait(74, seconds=20)
    nowhere.one_error("no/such/folder")


def bad_files():
    public = new_identity("good")
    other = new_identity("other")
    good = read("good")
    for what, status, data, part in (
            ("empty", 65, b"", "no identity file"), ("key", 65, good[-45:], "no identity file"),
            ("short", 65, good[:-1], "bytes"), ("long", 65, good + b"x", "and more"),
            ("secret", 65, good[:20] + b"*" + good[21:], "the secret"),
            ("public", 65, good[:-10] + b"*" + good[-9:], "no public key"),
            ("mixed", 65, good[:-45] + other.encode() + b"\n", "not that of its secret"),
            ("readable", 77, good, "0644"), ("missing", 74, None, "No such file")):
        if data is not None:
            write(what, data)
            os.chmod(path(what), 0o644 if what == "readable" else 0o600)
        for kind in ("alice", "bob"):
            program = Program(kind, ["--identity", path(what)], events=False)
            program.wait(status, seconds=20)
            program.one_error("--identity " + path(what), part)
    own = Program("bob", ["--identity", path("good"), "--peer", public], events=False)
    own.wait(64, seconds=20)
    own.one_error("our own identity")


def both_pinned():
    a, b = new_identity("a"), new_identity("b")
    bob = start_bob("--once", *N64, "--identity", path("b"), "--peer", a, "--key-out", path("bob.key"))
    alice = start_alice(bob, *N64, "--identity", path("a"), "--peer", b, "--key-out", path("alice.key"),
                        stdin=b"to a friend\n")
    alice.wait(0)
    bob.wait(0)
    equal(bob.output, b"to a friend\n", "what bob read")
    equal(key_of("alice.key"), key_of("bob.key"), "alice's key")
    for program, peer in ((alice, b), (bob, a)):
        text = " ".join(program.stderr.split())
        check("The peer is authenticated" in text and peer in text, program.name, "does not say who the peer is")
        check("unauthenticated" not in text, program.name, "says unauthenticated")
        confirmed = program.event("confirmed")
        equal((confirmed["identity"], confirmed["authenticated"]), (peer, True), "the event of " + program.name)
        equal(confirmed["fingerprint"], alice.event("confirmed")["fingerprint"], "the fingerprint")


def one_side():
    """--peer alone authenticates one side; --identity alone proves oneself."""
    b = new_identity("b")
    bob = start_bob("--once", "--agree-only", *N64, "--identity", path("b"))
    alice = start_alice(bob, "--agree-only", *N64, "--peer", b)
    alice.wait(0)
    bob.wait(0)
    equal(alice.event("confirmed")["authenticated"], True, "alice knows bob")
    equal(bob.event("confirmed")["authenticated"], False, "bob knows alice")
    check("identity" not in bob.event("confirmed"), "an identity that nobody has")
    check("The peer is unauthenticated" in " ".join(bob.stderr.split()), "bob is not warned")
    bob = start_bob("--once", "--agree-only", *N64, "--identity", path("b"))
    alice = start_alice(bob, "--agree-only", *N64)
    alice.wait(0)
    bob.wait(0)
    equal((alice.event("confirmed")["identity"], alice.event("confirmed")["authenticated"]), (b, False), "unpinned")
    text = " ".join(alice.stderr.split())
    check("The peer is unauthenticated" in text and b in text, "alice is not warned")


def fingerprint_before_the_chat():
    """Without pins the words and the warning stand before the first byte of the chat can be typed."""
    bob = start_bob("--once", *N64)
    alice = start_alice(bob, *N64, stdin=b"x")
    alice.wait(0)
    bob.wait(0)
    for program in (alice, bob):
        events = [e["event"] for e in program.events]
        check(events.index("confirmed") < events.index("open"), "the order of events", events)
        check(program.event("confirmed")["fingerprint"] in program.stderr, "no fingerprint on the screen")


def refused(alice_arguments, bob_arguments, refuser, part):
    def key_out(name, arguments):
        return ("--on-key", "touch " + path("ran")) + (() if "--key-out" in arguments else ("--key-out", path(name)))

    bob = start_bob("--once", *N64, *key_out("bob.key", bob_arguments), *bob_arguments, stdin=b"from bob\n")
    alice = start_alice(bob, *N64, *key_out("alice.key", alice_arguments), *alice_arguments, stdin=b"from alice\n")
    alice.wait(1)
    if refuser == "bob" and "--peer" in bob_arguments:  # he waits on for the one whom he knows
        wait_until(lambda: part in bob.stderr, 10, "bob to say why")
        check(bob.running(), "a stranger has ended bob")
        bob.signal(signal.SIGTERM)
        bob.wait(128 + signal.SIGTERM)
    else:
        bob.wait(1)
        bob.one_error(part if refuser == "bob" else "authentication refused")
    alice.one_error(part if refuser == "alice" else "authentication refused")
    for program in (alice, bob):
        check(not program.all("confirmed") and not program.all("open"), program.name, "came to a key")
        equal(program.output, b"", "what %s wrote" % program.name)
    check(not any(os.path.exists(path(name)) for name in ("alice.key", "bob.key", "ran")), "a key was written")


def wrong_peers():
    a, b, m = new_identity("a"), new_identity("b"), new_identity("m")
    ours = ("--identity", path("a"))
    his = ("--identity", path("b"))
    refused(ours, his + ("--peer", m), "bob", a)
    refused(ours + ("--peer", m), his, "alice", b)
    refused((), his + ("--peer", a), "bob", "no identity")
    refused(ours + ("--peer", b), (), "alice", "no identity")
    refused(his, his, "bob", "our own")
    refused((), ("--key-out", path("k-%p")), "bob", "no identity")
    refused(("--key-out", path("k-%p")), (), "alice", "no identity")


def strangers_at_the_door():
    """--once --peer: whoever holds no pinned key, or only a copy of the public half, ends nothing and keeps nobody out."""
    a, c, b = new_identity("a"), new_identity("c"), new_identity("b")
    bob = start_bob("--once", *N64, "--identity", path("b"), "--peer", "%s,%s" % (a, c), "--timeout", "30")
    copy = parley.PREFACE + parley.frame(1, parley.field(1, b"n64") + parley.field(2, bytes(32)) +
                                         parley.field(3, base64.b64decode(a)) + parley.field(4, bytes(32)))
    waiting = []
    for i in range(3):
        start_alice(bob, *N64).wait(1)
        start_alice(bob, "--params", "n128").wait(69)
        waiting.append(parley.connect(bob.address))
        waiting[-1].sendall(copy)
    wait_until(lambda: len(bob.all("step", step="B1")) == 3, 10, "bob to answer the copies")
    friend = start_alice(bob, *N64, "--identity", path("a"), "--peer", b, stdin=b"from a friend")
    friend.wait(0)
    bob.wait(0)
    equal(bob.output, b"from a friend", "what bob read")
    check("The peer is authenticated" in " ".join(bob.stderr.split()), "bob does not say who she is")
    for s in waiting:
        equal(parley.abort_reason(parley.receive_all(s)), "busy", "what a copy is told")


def the_first_of_two_friends():
    """Both hold pinned keys; one is served, the other is told that bob is busy."""
    a, c, b = new_identity("a"), new_identity("c"), new_identity("b")
    for _ in range(5):
        bob = start_bob("--once", *N64, "--agree-only", "--identity", path("b"), "--peer", "%s,%s" % (a, c))
        alices = [start_alice(bob, *N64, "--agree-only", "--identity", path(name), "--peer", b) for name in ("a", "c")]
        bob.wait(0)
        statuses = sorted(alice.wait(None) for alice in alices)
        check(statuses[0] == 0 and statuses[1] != 0, "the alices ended with", statuses)
        equal(len(bob.all("confirmed")), 1, "keys at bob's")


def a_bob_who_serves():
    """Several pins, one file for each peer; a stranger is refused and the next friend served."""
    a, c, b = new_identity("a"), new_identity("c"), new_identity("b")
    bob = start_bob(*N64, "--agree-only", "--identity", path("b"), "--peer", "%s,%s" % (a, c), "--key-out",
                    path("k-%p"), "--on-key", 'echo "peer $PARLEY_PEER"')
    stranger = start_alice(bob, *N64, "--agree-only")
    stranger.wait(1)
    stranger.one_error("authentication refused")
    bob.event("closed", status=1)
    for name, public in (("a", a), ("c", c), ("a", a)):
        alice = agree(bob, "--agree-only", "--identity", path(name), "--peer", b, "--key-out", path("alice.key"))
        session = alice.event("confirmed")["session"]
        bob.event("closed", session=session, status=0)
        file = "k-" + public.replace("+", "-").replace("/", "_")
        wait_until(lambda: os.path.exists(path(file)) and read(file) == read("alice.key"), 10, "the file of the peer")
        wait_until(lambda: "peer " + public in bob.stderr.splitlines(), 10, "PARLEY_PEER")


def one_pin_one_file():
    a = new_identity("a")
    bob = start_bob(*N64, "--agree-only", "--peer", a, "--key-out", path("key"))
    agree(bob, "--agree-only", "--identity", path("a"), "--key-out", path("alice.key"))
    equal(key_of("key"), key_of("alice.key"), "the key")


def a_new_key_and_a_retry():
    a, b = new_identity("a"), new_identity("b")
    bob = start_bob("--once", *N64, "--identity", path("b"), "--peer", a, stdin="pipe")
    alice = start_alice(bob, *N64, "--identity", path("a"), "--peer", b, "--fail-learning", "1", "--rekey", "0.2",
                        stdin="pipe")
    second = alice.event("confirmed", count=2)
    equal((second["rekey"], second["authenticated"], second["identity"]), (True, True, b), "after a re-keying")
    alice.stdin.close()
    bob.stdin.close()
    alice.wait(0)
    bob.wait(0)


run(the_file, bad_files, both_pinned, one_side, fingerprint_before_the_chat, wrong_peers, strangers_at_the_door,
    the_first_of_two_friends, a_bob_who_serves,
    one_pin_one_file, a_new_key_and_a_retry)
