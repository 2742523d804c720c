"""--on-key: what becomes of keys when the command is slow, fails, hangs, or bob has to go."""

import os
import signal
import time

from parley import N64, check, equal, key_of, path, read, run, start_alice, start_bob, wait_until, write

NOTE = 'cat "$PARLEY_KEY_FILE" >> %s; '
GATE = "while [ ! -e %s ]; do sleep 0.05; done; "


def lines(name):
    return read(name).splitlines() if os.path.exists(path(name)) else []


def keys_in(name):
    return [line.split()[1] for line in lines(name)]


def a_failure_in_a_conversation():
    """Both sides see it: the first key, and one of a re-keying."""
    for side in ("alice", "bob"):
        for fails in (1, 2):
            notes = path("%s-%d" % (side, fails))
            hook = ("--key-out", path("key-%s-%d" % (side, fails)), "--on-key", NOTE % notes + "test $(wc -l < %s) -lt %d" % (notes, fails))
            bob = start_bob("--once", "--log", *N64, *(hook if side == "bob" else ()), stdin="pipe")
            alice = start_alice(bob, "--log", *N64, "--rekey", "1", *(hook if side == "alice" else ()), stdin="pipe")
            program, peer = (alice, bob) if side == "alice" else (bob, alice)
            program.wait(74)
            peer.wait(74)
            closed = program.one_error("closed ", "status=74", "by=self")
            check("--on-key ended with status 1" in closed, closed)
            check("end mark" in peer.one_error("closed ", "status=74"), peer.errors)
            more = program.stderr.count("it now gets a newer key")  # on a machine so slow that the next key is there already
            equal(len(lines(os.path.basename(notes))), fails + more, "commands that ran")


def of_a_bob_who_serves():
    """It ends that one's session, and shows in his status at the end."""
    bob = start_bob(*N64, "--key-out", path("key-%s"), "--on-key", "test ! -e %s && touch %s" % (path("fail"), path("ran")))
    good = start_alice(bob, *N64, stdin="pipe")
    bob.event("open", session=good.event("open")["session"])
    wait_until(lambda: os.path.exists(path("ran")), 20, "her command")
    with open(path("fail"), "wb"):
        bad = start_alice(bob, *N64, stdin="pipe")
        bad.wait(74)
    gone = bob.event("closed", session=bad.event("open")["session"])
    equal(gone["status"], 74, "status of her session")
    check(good.running(), "the other session has ended, too")
    good.stdin.close()
    good.wait(0)
    bob.signal(signal.SIGTERM)
    bob.wait(74)


def only_the_newest_waits():
    """While the first key's command runs there is none for those that become obsolete meanwhile; the last key has one. The
    key log has all."""
    hook = ("--key-out", path("bob"), "--on-key", NOTE % path("notes") + GATE % path("go"))
    bob = start_bob("--once", *N64, *hook, "--keylog", path("all"), stdin="pipe")
    alice = start_alice(bob, *N64, "--rekey", "0.1", "--key-out", path("alice"), stdin="pipe")
    wait_until(lambda: len(keys_in("all")) >= 20 and lines("notes"), 60, "twenty keys")
    equal(len(lines("notes")), 1, "commands that have begun")
    write("go", b"")
    alice.stdin.close()
    bob.stdin.close()
    alice.wait(0)
    bob.wait(0)
    every, handed_on = keys_in("all"), lines("notes")
    equal(handed_on[0], every[0], "the first key handed on")
    check(every.index(handed_on[1]) >= 18, "an obsolete key was handed on: the one behind", every.index(handed_on[1]), "others")
    equal(handed_on[-1], every[-1], "the last key handed on")
    check([key for key in every if key in handed_on] == handed_on, "keys in another order")
    equal(key_of("bob"), key_of("alice"), "alice's key")


def too_long():
    """It is killed, with what it has started."""
    for side in ("alice", "bob"):
        pid = path("pid-" + side)
        hook = ("--key-out", path("key"), "--on-key", "sleep 1000 & echo $! > %s; wait" % pid, "--on-key-timeout", "0.5")
        bob = start_bob("--once", *N64, *(hook if side == "bob" else ()), stdin="pipe")
        alice = start_alice(bob, *N64, *(hook if side == "alice" else ()), stdin="pipe")
        alice.wait(74)
        bob.wait(74)
        (alice if side == "alice" else bob).one_error("took more than 0.5 s")

        def gone():
            try:
                with open("/proc/%d/stat" % int(read(os.path.basename(pid))), encoding="ascii") as f:
                    return f.read().rsplit(")", 1)[1].split()[0] == "Z"
            except (OSError, ValueError):  # not even its number is there
                return True
        wait_until(gone, 10, "what the command has started to be gone")


def the_peer_does_not_wait_for_ever():
    """Who only agrees waits a moment for a slow command of the other side, and no longer."""
    bob = start_bob("--once", "--agree-only", *N64, "--key-out", path("bob"), "--on-key", GATE % path("go") + "exit 1")
    alice = start_alice(bob, "--agree-only", *N64)
    alice.wait(0)
    check(bob.running(), "bob has ended before his command")
    write("go", b"")
    bob.wait(74)
    bob.one_error("--on-key", "status 1")


def none_after_the_end():
    """A command that runs may end; one that waits does not begin, and its key counts as not handed on."""
    for tty in (False, True):
        none_after(tty)


def none_after(tty):
    """SIGTERM, or /quit at a terminal."""
    notes = "notes-%d" % tty
    hook = ("--key-out", path("key-%s"), "--on-key", NOTE % path(notes) + GATE % path("go-%d" % tty))
    bob = start_bob(*N64, *hook, tty=tty)
    alice = start_alice(bob, *N64, "--rekey", "0.1", stdin="pipe")
    bob.event("confirmed", count=4)
    wait_until(lambda: lines(notes), 20, "the first command")
    if tty:
        bob.terminal.type(b"/quit\r")
    else:
        bob.signal(signal.SIGTERM)
    wait_until(lambda: any("has not run" in e["text"] for e in bob.all("error")), 60, "a key that is not handed on")
    write("go-%d" % tty, b"")
    bob.wait(74)
    (told,) = (e["time"] for e in bob.all("error") if "has not run" in e["text"])
    check(bob.event("closed")["time"] - told < 4, "bob waited for who had to go")
    alice.wait(74)
    time.sleep(1)
    equal(len(lines(notes)), 1, "commands that ran")


def many_at_once():
    """Sessions whose commands hang when they are over take places: bob does not start commands without end."""
    places, wait = 8, GATE % path("go") + "true"
    bob = start_bob(*N64, "--agree-only", "--max-sessions", str(places), "--timeout", "4", "--key-out", path("key-%s"), "--on-key",
                    wait, "--on-key-timeout", "600", events=False, wait=False)
    wait_until(lambda: "waits for" in bob.stderr, 20, "bob to listen")
    address = bob.stderr.split("alices at ")[1].split()[0]
    statuses = []
    for _ in range(5):
        alices = [start_alice(address, "--agree-only", "--timeout", "2", *N64, events=False) for _ in range(places)]
        statuses += [alice.wait(None) for alice in alices]
    check(places < statuses.count(0) <= 3 * places, statuses.count(0), "were served")
    check(statuses.count(69) > places, "only", statuses.count(69), "were told that bob is busy")
    with open(path("go"), "wb"):
        start_alice(address, "--agree-only", "--timeout", "60", *N64, events=False).wait(0)


run(a_failure_in_a_conversation, of_a_bob_who_serves, only_the_newest_waits, too_long, the_peer_does_not_wait_for_ever,
    none_after_the_end, many_at_once)
