"""Somebody in between changes, repeats, mixes and drops frames of real programs. Whatever she does ends by one of the
three outcomes of proto/DESIGN.md section 3: both hold the key, or Bob holds one and says that Alice has not accepted it,
or nobody does. None of them is silence, and none hands out a byte that was not sent.

Each attack is made on a session of strangers and on one of two who have pinned each other."""

import contextlib
import itertools
import os
import threading

import attacker
from attacker import (CHALLENGE, CONFIRM_ALICE, CONFIRM_BOB, DOWN, HELLO, LABELS, LEARNED, PREFACE, SAMPLES, SEALED, UP,
                      WELCOME, Between, Cut, decode, encode, kind_of, wire)
import parley
from parley import (N64, Program, check, equal, key_of, patience, path, read, run, start_alice, start_bob, wait_until)

NAMES = {PREFACE: "preface", HELLO: "A1", WELCOME: "B1", SAMPLES: "A2", LABELS: "B2", LEARNED: "A3", CHALLENGE: "B3",
         CONFIRM_ALICE: "A4", CONFIRM_BOB: "B4", SEALED: "sealed"}
STEPS = {HELLO: UP, WELCOME: DOWN, SAMPLES: UP, LABELS: DOWN, LEARNED: UP, CHALLENGE: DOWN, CONFIRM_ALICE: UP,
         CONFIRM_BOB: DOWN}
FROM_ALICE, FROM_BOB = b"".join(b"alice says %d\n" % i for i in range(20000)), b"bob says one thing\n"
BROKEN = {1, 74, 76}
counter = itertools.count()


def identities(pinned):
    """Arguments for alice and for bob."""
    if not pinned:
        return (), ()
    for name in ("a", "b"):
        if not os.path.exists(path(name)):
            program = Program("alice", ["--new-identity", path(name)], events=False)
            program.wait(0)
    keys = [read(name).decode().split()[-1] for name in ("a", "b")]
    return ("--identity", path("a"), "--peer", keys[1]), ("--identity", path("b"), "--peer", keys[0])


def status_of(program):
    """(status,) of a session that has ended. A bob with --once who has not chosen it waits for another alice: he chooses by
    a valid Hello, or by a valid A4 where he has pinned her."""
    if not program.running():
        return (program.process.returncode,)
    closed = program.all("closed")
    if closed and closed[0]["status"] and not program.errors:
        return None  # the error line comes a moment after the event
    if program.kind == "bob" and closed and not program.all("confirmed" if "--peer" in program.command else "step"):
        program.kill()
        return (closed[0]["status"],)
    return None


def check_end(alice, bob, status, key_files):
    """status: what alice and what bob may end with, two sets."""
    for program, allowed in zip((alice, bob), status):
        found = wait_until(lambda: status_of(program), 60, "the end of " + program.name)[0]
        check(found in allowed, "%s ends with %s instead of %s" % (program.name, found, sorted(allowed)))
        if found != 0:
            check(len(program.errors) == 1, "%s says %d things" % (program.name, len(program.errors)))
    accepted = [bool(program.all("confirmed")) for program in (alice, bob)]
    written = [os.path.exists(name) for name in key_files]
    check(not (accepted[0] and not accepted[1]), "alice accepted a key that bob does not hold")
    if accepted == [False, True]:
        equal(bob.process.returncode, 1, "status of a bob whose key was not accepted")
        check("never showed that she accepted" in bob.errors[0], "bob does not say so")
    check(not written[0] or accepted[0], "alice wrote a key that she did not accept")
    check(not written[1] or bob.all("open"), "bob wrote a key that alice did not accept")
    if all(written):
        equal(key_of(key_files[0]), key_of(key_files[1]), "alice's key")
    for program, sent in ((alice, FROM_BOB), (bob, FROM_ALICE)):
        check(sent.startswith(program.output), program.name, "wrote what was not sent")
        check(program.output == b"" or program.all("open"), program.name, "wrote something before the chat was open")
        whole = program.process.returncode == 0
        check(not whole or program.output == sent, "%s takes a part for the whole" % program.name)
    return accepted


def attack(hook, status, pinned, alice_set="n64", bob_sets="n64", said=(None, None), timeout=20):
    """One session with this hook in between."""
    for_alice, for_bob = identities(pinned)
    key_files = ["alice.key.%d" % next(counter), "bob.key.%d" % next(counter)]
    timeout = patience(timeout)
    bob = start_bob("--once", "--timeout", timeout, "--params", bob_sets, "--key-out", path(key_files[1]), *for_bob,
                    stdin=FROM_BOB)
    between = Between(bob.address, hook)
    alice = start_alice(between.address, "--timeout", timeout, "--params", alice_set, "--key-out", path(key_files[0]),
                        *for_alice, stdin=FROM_ALICE)
    accepted = check_end(alice, bob, status, [path(k) for k in key_files])
    for program, part in zip((alice, bob), said):
        check(part is None or part in program.errors[0], program.name, "does not say", part)
    between.socket.close()
    return accepted


def all_of(cases):
    """cases: (name, function that makes a hook, status, further arguments of attack)"""
    for pinned in (True,) if parley.SANITIZED else (False, True):
        for name, make, status, *more in cases:
            try:
                attack(make(), status, pinned, **(more[0] if more else {}))
            except AssertionError as error:
                raise AssertionError("%s, %s: %s" % (name, "pinned" if pinned else "strangers", error)) from None


# ---- hooks

def edit(kind, **changes):
    """Fields of the first message of this kind; a value may be a function of the old one."""
    def hook(link, way, frame):
        if kind_of(frame) != kind:
            return [frame]
        values = decode(frame)[1]
        for field, change in changes.items():
            values[field] = change(values[field]) if callable(change) else change
        return [encode(kind, **values)]
    return hook


def both(first, second):
    return lambda link, way, frame: [out for f in first(link, way, frame) for out in second(link, way, f)]


def preface_of(version, ways=(UP, DOWN)):
    return lambda link, way, frame: [frame[:6] + bytes([0, version])] if kind_of(frame) == PREFACE and way in ways else \
        [frame]


def at(kind, function, n=0, way=None):
    """function(link, frame) replaces frame number n of this kind (in this direction)."""
    count = itertools.count()

    def hook(link, here, frame):
        if kind_of(frame) == kind and way in (None, here) and next(count) == n:
            return function(link, frame)
        return [frame]
    return hook


def flip(position, bit=1):
    def change(data):
        data = bytearray(data)
        data[position] ^= bit
        return bytes(data)
    return change


def exchanged(data):
    """The first half and the second half of whole bytes exchanged."""
    return data[len(data) // 2:-1] + data[:len(data) // 2] + data[-1:]


def neighbours(data):
    """The first two bytes that differ from each other exchanged."""
    i = next(i for i in range(len(data) - 1) if data[i] != data[i + 1])
    return data[:i] + data[i + 1:i + 2] + data[i:i + 1] + data[i + 2:]


def sealed_frame(header=True):
    return encode(SEALED, header=os.urandom(24) if header else b"", box=os.urandom(40))


# ---- before the key

def downgrades():
    """Of the set, of the version, of identities."""
    sets = {"alice_set": "n128", "bob_sets": "n128,n64"}
    all_of([
        ("set in A1", lambda: edit(HELLO, params=b"n64"), ({76}, {76}),
         dict(sets, said=("another parameter set", None))),
        ("set in A1, and back in B1", lambda: both(edit(HELLO, params=b"n64"), edit(WELCOME, params=b"n128")),
         ({76}, {76}), dict(sets, said=(None, "longer than this step allows"))),
        ("set in B1", lambda: edit(WELCOME, params=b"n64"), ({76}, {76}), dict(sets, said=("another parameter set", None))),
        ("a set that is not offered", lambda: edit(HELLO, params=b"n64"), ({69}, {69}), {"alice_set": "n128",
                                                                                         "bob_sets": "n128"}),
        ("an older version", lambda: preface_of(1), ({76}, {76}), {"said": ("version 1", "version 1")}),
        ("a newer version", lambda: preface_of(3), ({76}, {76}), {"said": ("version 3", "version 3")}),
        ("a version for bob alone", lambda: preface_of(0, (UP,)), ({74, 76}, {76})),
        ("a version for alice alone", lambda: preface_of(0, (DOWN,)), ({76}, {74, 76})),
    ])


def stripped_identities():
    """Without pins it is the signature, with them it is A1 or B1 that tells."""
    own = os.urandom(32)
    for pinned in (False, True):
        for kind, change in ((HELLO, wire.NONE), (HELLO, own), (WELCOME, wire.NONE), (WELCOME, own)):
            if pinned:
                said = ("authentication refused", "pinned") if kind == HELLO else ("pinned", "authentication refused")
                attack(edit(kind, identity=change), ({1}, {1}), True, said=said)
            elif change != wire.NONE:
                attack(edit(kind, identity=change), ({1}, {1}), False)
    for kind, status in ((CONFIRM_ALICE, ({1}, {1})), (CONFIRM_BOB, ({1}, {1}))):
        for change in (b"", flip(0), flip(63, 128)):
            attack(edit(kind, signature=change), status, True)


def changed_contents():
    all_of([
        ("alice's commitment", lambda: edit(HELLO, commitment=flip(5)), ({1}, {1})),
        ("bob's commitment", lambda: edit(WELCOME, commitment=flip(5)), ({1}, {1})),
        ("alice's nonce", lambda: edit(HELLO, nonce=flip(0)), ({1}, {1})),
        ("bob's nonce", lambda: edit(WELCOME, nonce=flip(0)), ({1}, {1})),
        ("session", lambda: edit(WELCOME, session=flip(7)), ({1}, {1})),
        ("seed of the matrix", lambda: at(SAMPLES, lambda link, f: edit(SAMPLES, seed=flip(1))(link, UP, f)),
         ({1}, {1})),
        ("a sample", lambda: at(SAMPLES, lambda link, f: edit(SAMPLES, vectors=flip(100))(link, UP, f), n=1), ({1}, {1})),
        ("halves of the labels exchanged", lambda: edit(LABELS, labels=exchanged), ({1}, {1})),
        ("two labels exchanged", lambda: edit(LABELS, labels=neighbours), ({1}, {1})),
        ("a label", lambda: edit(LABELS, labels=flip(0)), ({1}, {1})),
        ("not learned", lambda: edit(LEARNED, learned=0), ({74}, {74}), {"timeout": 1}),  # each waits for the other
        ("seed of the challenge", lambda: edit(CHALLENGE, seed=flip(9)), ({1}, {1})),
        ("masked bits", lambda: edit(CHALLENGE, masked=lambda m: bytes(b ^ 255 for b in m)), ({1}, {1})),
        ("one masked bit", lambda: edit(CHALLENGE, masked=flip(77)), ({1}, {1})),
        ("hash", lambda: edit(CHALLENGE, hash=flip(3)), ({1}, {1})),
        ("alice's r", lambda: edit(CONFIRM_ALICE, r=flip(31)), ({1}, {1})),
        ("bob's r", lambda: edit(CONFIRM_BOB, r=flip(31)), ({1}, {1})),
        ("alice's mac", lambda: edit(CONFIRM_ALICE, mac=flip(0)), ({1}, {1})),
        ("bob's mac", lambda: edit(CONFIRM_BOB, mac=flip(31, 128)), ({1}, {1})),
    ])


def early_chat():
    """A sealed frame before each step, and in its place, in both directions."""
    cases = []
    for kind, way in STEPS.items():
        # after A4 alice's number is out, after B4 bob holds a key
        status = ({1} if kind in (CONFIRM_ALICE, CONFIRM_BOB) else {76}, {1} if kind == CONFIRM_BOB else {76})
        cases.append(("sealed before " + NAMES[kind],
                      lambda kind=kind: at(kind, lambda link, f: [sealed_frame(), f]), status))
        cases.append(("sealed instead of " + NAMES[kind],
                      lambda kind=kind: at(kind, lambda link, f: [sealed_frame()]), status))

        def to_the_speaker(link, f, way=way):
            link.send(1 - way, sealed_frame())
            return [f]
        # who has just sent its step is sent one, too; after B4 that is bob, to whom it is a box that does not open
        status = (BROKEN, {1}) if kind == CONFIRM_BOB else ({1 if kind == CONFIRM_ALICE else 76}, BROKEN) if way == UP else (
            BROKEN, {76})
        cases.append(("sealed to who sends " + NAMES[kind],
                      lambda kind=kind, f=to_the_speaker: at(kind, f), status))
    all_of(cases)


def repeated_frames():
    """Each frame twice; and each sent back to who sent it."""
    cases = []
    for kind, way in STEPS.items():
        # a second A3 or B3 may come before or after A4; a second A4 finds a bob who waits for something sealed; a second B4
        # finds an alice who has opened the chat; a bob who has sent and received all by then cannot know
        status = {LEARNED: ({1, 76}, {76}), CHALLENGE: ({1, 76}, {1, 76}), CONFIRM_ALICE: (BROKEN, {1}),
                  CONFIRM_BOB: ({76}, BROKEN | {0})}.get(kind, ({76}, {76}))
        cases.append((NAMES[kind] + " twice", lambda kind=kind: at(kind, lambda link, f: [f, f]), status))

        def reflect(link, f, way=way):
            link.send(1 - way, f)
            return [f]
        status = (BROKEN, {1}) if kind == CONFIRM_BOB else ({1 if kind == CONFIRM_ALICE else 76}, BROKEN) if way == UP else (
            BROKEN, {76})
        cases.append((NAMES[kind] + " reflected", lambda kind=kind, f=reflect: at(kind, f), status))
    all_of(cases)


# ---- after the key

def sealed_messages():
    """Dropped, repeated, exchanged, changed, reflected, and without the end mark. Who reads ends with an error; who has
    sent and received all cannot know."""
    up, down = ({0, 74, 76}, {1, 74, 76}), ({1, 74, 76}, {0, 1, 74, 76})

    def exchange(n, way):
        held = []
        count = itertools.count()

        def hook(link, here, frame):
            if kind_of(frame) != SEALED or here != way:
                return [frame]
            i = next(count)
            if i == n:
                held.append(frame)
                return []
            return [frame] + ([held.pop()] if i == n + 1 else [])
        return hook

    def cut(link, frame):
        raise Cut

    def without_header(link, frame):
        return [encode(SEALED, box=decode(frame)[1]["box"])]

    def with_header(link, frame):
        return [encode(SEALED, header=os.urandom(24), box=decode(frame)[1]["box"])]

    def changed(link, frame):
        return [encode(SEALED, header=decode(frame)[1]["header"], box=flip(3)(decode(frame)[1]["box"]))]

    def back(way):
        def function(link, frame):
            link.send(1 - way, frame)
            return []
        return function

    cases = []
    for way, status, name in ((UP, up, "alice's"), (DOWN, down, "bob's")):
        for n in (0, 1, 2):
            what = "%s sealed message %d " % (name, n)
            if n < 2:  # without what follows, a lost last message is only noticed when the connection ends
                cases.append((what + "dropped", lambda n=n, way=way: at(SEALED, lambda link, f: [], n, way), status))
                cases.append((what + "later", lambda n=n, way=way: exchange(n, way), status))
            cases.append((what + "twice", lambda n=n, way=way: at(SEALED, lambda link, f: [f, f], n, way),
                          ({0, 74, 76}, {0, 1, 74, 76})))
            cases.append((what + "changed", lambda n=n, way=way: at(SEALED, changed, n, way), status))
            cases.append((what + "and a cut", lambda n=n, way=way: at(SEALED, cut, n, way), status))
            cases.append((what + "reflected", lambda n=n, way=way: at(SEALED, back(way), n, way),
                          ({0, 1, 74, 76}, {0, 1, 74, 76})))
        cases.append((name + " header dropped", lambda way=way: at(SEALED, without_header, 0, way), status))
        cases.append((name + " header twice", lambda way=way: at(SEALED, with_header, 1, way), status))
    all_of(cases)


def a_missing_end_mark():
    """All the text, but not the mark that says so: an error at whoever misses it, with every byte that was sent."""
    for way, victim in ((UP, 1), (DOWN, 0)):
        first = []

        def hook(link, here, frame, way=way, first=first):
            if here == way and kind_of(frame) == SEALED:
                if first and len(decode(frame)[1]["box"]) == 18:  # a kind without a body, and not the hello
                    raise Cut
                first.append(frame)
            return [frame]
        status = [{0, 74}, {0, 74}]
        status[victim] = {74}
        said = [None, None]
        said[victim] = "end mark"
        attack(hook, status, True, said=said)


# ---- two sessions

def replay():
    """A whole session again: all that alice sent to a new bob, all that bob sent to a new alice."""
    for pinned in (False, True):
        for_alice, for_bob = identities(pinned)
        bob = start_bob("--once", *N64, *for_bob, stdin=FROM_BOB)
        between = Between(bob.address, lambda link, way, frame: [frame])
        alice = start_alice(between.address, *N64, *for_alice, stdin=FROM_ALICE)
        alice.wait(0)
        bob.wait(0)
        up, down = between.links[0].seen
        # to a new bob; she waits for his answers, as the order of steps asks for
        bob = start_bob("--once", *N64, *for_bob, "--key-out", path("bob.key"), stdin=FROM_BOB)
        s = parley.connect(bob.address)
        for frame in up:
            with contextlib.suppress(OSError):
                s.sendall(frame)
            if kind_of(frame) in (HELLO, LEARNED) or frame is [f for f in up if kind_of(f) == SAMPLES][-1]:
                if kind_of(frame) == HELLO:
                    attacker.read_exactly(s, 8)
                attacker.read_frame(s)
            if kind_of(frame) == CONFIRM_ALICE:
                break
        equal(wait_until(lambda: status_of(bob), 60, "the end of " + bob.name), (1,), "status of a replayed alice's session")
        bob.one_error("signature does not verify" if pinned else "does not verify")
        # to a new alice: the labels are those of other samples
        listener, address = parley.listen()
        alice = start_alice(address, *N64, *for_alice, "--key-out", path("alice.key"), stdin=FROM_ALICE)
        connection, _ = listener.accept()
        with contextlib.suppress(OSError):
            connection.sendall(b"".join(down))
        found = alice.wait(None)
        check(found in BROKEN, "alice ends with %s" % found)
        check(len(alice.errors) == 1, "alice says %d things" % len(alice.errors))
        connection.close()
        for program in (alice, bob):
            check(not program.all("confirmed") and program.output == b"", program.name, "came to a key")
            check(not os.path.exists(path(program.kind + ".key")), program.name, "wrote a key")


def splice():
    """Two sessions of the same two at once: each frame of one kind changes places with its twin."""
    for pinned in (True,) if parley.SANITIZED else (False, True):
        for kind in list(STEPS) + [SEALED]:
            splice_one(kind, pinned)


def splice_one(kind, pinned):
    for_alice, for_bob = identities(pinned)
    mail, arrived = {}, threading.Condition()

    def hook(link, way, frame):
        first = (link.number, way) not in mail
        if kind_of(frame) != kind or not first or (kind == SEALED and way == DOWN):
            return [frame]
        with arrived:
            mail[link.number, way] = frame
            arrived.notify_all()
            other = (1 - link.number, way)
            if not arrived.wait_for(lambda: other in mail, patience(30)):
                raise Cut
            return [mail[other]]

    bobs = [start_bob("--once", "--timeout", "60", *N64, *for_bob, "--key-out", path("%s.%d.%d" % (NAMES[kind], pinned, i)),
                      stdin=FROM_BOB) for i in range(2)]
    targets = iter([bob.address for bob in bobs])
    between = Between(None, hook)
    alices = []
    for i in range(2):
        between.target = next(targets)
        alices.append(start_alice(between.address, "--timeout", "60", *N64, *for_alice, "--key-out",
                                  path("%s.%d.alice.%d" % (NAMES[kind], pinned, i)), stdin=FROM_ALICE))
        wait_until(lambda: len(between.links) == i + 1, 60, "a connection")
    for i in range(2):
        try:
            status = {LEARNED: ({0}, {0}),  # "true" is the same in all sessions: no byte has changed
                      SEALED: ({0} | BROKEN, BROKEN)}.get(kind, (BROKEN, BROKEN))
            check_end(alices[i], bobs[i], status,
                      [path("%s.%d.alice.%d" % (NAMES[kind], pinned, i)), path("%s.%d.%d" % (NAMES[kind], pinned, i))])
        except AssertionError as error:
            raise AssertionError("%s: %s" % (NAMES[kind], error)) from None


def another_commitment():
    """An alice who is honest in all but what she commits to: her MAC is right."""
    bob = start_bob("--once", *N64, "--key-out", path("bob.key"), stdin=FROM_BOB)
    honest = wire.H
    wire.H = lambda x, key=b"": honest(x + b"?" if x.startswith(b"parley/2 commit alice") else x, key)
    try:
        attacker.false_alice(bob.address, attacker.SETS["n64"])
        raise AssertionError("bob agreed")
    except wire.Stopped:
        pass
    finally:
        wire.H = honest
    bob.wait(1)
    bob.one_error("committed")
    check(not os.path.exists(path("bob.key")), "bob wrote a key")


def a_lying_challenge():
    """A bob whose masked bits hide nothing that he knows: alice's key is not his, and he cannot confirm it."""
    false_bob = attacker.FalseBob(attacker.SETS["n64"])
    honest = attacker.np.repeat
    alice = start_alice(false_bob.address, *N64, "--key-out", path("alice.key"), stdin=FROM_ALICE)
    attacker.np.repeat = lambda d, n: honest(d ^ 1, n)
    try:
        false_bob.agree()
        raise AssertionError("the keys are equal")
    except AssertionError as error:
        equal(str(error), "another key than alice's", "what stops the false bob")
    finally:
        attacker.np.repeat = honest
    false_bob.connection.sendall(encode(CONFIRM_BOB, mac=os.urandom(32), r=os.urandom(32)))
    alice.wait(1)
    alice.one_error("does not verify")
    check(not os.path.exists(path("alice.key")), "alice wrote a key")


run(downgrades, stripped_identities, changed_contents, early_chat, repeated_frames, sealed_messages, a_missing_end_mark,
    replay, splice, another_commitment, a_lying_challenge)
