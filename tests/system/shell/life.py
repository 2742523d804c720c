"""A key's life: --lifetime, commands that are tried again, and which key's command runs when several come at once."""

import os
import signal
import stat

from parley import N64, check, equal, key_of, path, read, run, start_alice, start_bob, wait_until, write

NOTE = 'echo "$PARLEY_EVENT $(cat "$PARLEY_KEY_FILE")" >> %s; '


def notes(name):
    """What a command of NOTE has noted: (event, key)."""
    return [tuple(line.decode().split()) for line in read(name).splitlines()] if os.path.exists(path(name)) else []


def it_ends():
    """Who has no fresh key in time has random bytes in the file, in its usual form, and the command has been told; a
    program whose session is over stays for that, and its status is that of the session."""
    life = {side: ("--agree-only", "--lifetime", "1.5", "--key-out", path(side), "--on-key", NOTE % path(side + ".notes"))
            for side in ("alice", "bob")}
    bob = start_bob("--once", *N64, *life["bob"])
    alice = start_alice(bob, *N64, *life["alice"])
    alice.wait(0)
    bob.wait(0)
    first = {}
    for program in (alice, bob):
        side = program.kind
        equal([event for event, _ in notes(side + ".notes")], ["agreed", "expired"], "what the command of %s was told" % side)
        (_, first[side]), (_, last) = notes(side + ".notes")
        check(first[side] != last, "the key is still there")
        equal(read(side).decode(), last + "\n", "the file of " + side)
        equal(len(key_of(side)), 32, "random bytes")
        equal(stat.S_IMODE(os.stat(path(side)).st_mode), 0o600, "mode")
        (error,) = program.all("error")
        check("no fresh key within 1.5 s" in error["text"], error)
        agreed = program.event("confirmed")["time"]
        check(error["time"] - agreed > 1.45, "expired after %.2f s" % (error["time"] - agreed))
    equal(first["alice"], first["bob"], "the key")
    check(read("alice") != read("bob"), "both sides have the same random bytes")


def one_that_was_there():
    """A key that an earlier process has left has its time from the start on, also where nobody ever comes."""
    write("key", b"old\n")
    bob = start_bob(*N64, "--once", "--lifetime", "0.5", "--key-out", path("key"), "--on-key", NOTE % path("notes"))
    wait_until(lambda: notes("notes"), 20, "the command")
    equal([event for event, _ in notes("notes")], ["expired"], "what the command was told")
    key_of("key")
    bob.signal(signal.SIGTERM)
    bob.wait(143)


def while_there_are_fresh_ones():
    """It never ends before its time after the newest; once the keys stop coming it does, and the log has a line."""
    bob = start_bob("--once", "--log", *N64, "--lifetime", "2", "--key-out", path("bob"), stdin="pipe")
    alice = start_alice(bob, *N64, "--rekey", "0.4", stdin="pipe")
    bob.event("confirmed", count=8)
    alice.kill()
    bob.wait(74)
    newest = bob.all("confirmed")[-1]["time"]
    for e in bob.all("error", session=bob.event("open")["session"]):
        if "no fresh key" in e["text"]:
            before = max(c["time"] for c in bob.all("confirmed") if c["time"] < e["time"])
            between = [c["time"] for c in bob.all("confirmed") if c["time"] < before]
            # one may come while the random bytes of the one before are being written
            check(max(e["time"] - before, before - max(between, default=before)) > 1.9, "expired %.2f s after a key" % (e["time"] - before))
    check(any("no fresh key" in e["text"] and e["time"] > newest for e in bob.all("error")), "the last key is still alive")
    check(any(line.startswith("expired peer=") and 'file="%s"' % path("bob") in line for line in bob.stderr.splitlines()),
          "no line in the log")


def tried_again():
    """A command that fails at first, and then does not, has handed its key on."""
    for side in ("alice", "bob"):
        tries = path("tries-" + side)
        hook = ("--key-out", path("key-" + side), "--on-key-retries", "2", "--on-key", "echo >> %s; test $(wc -l < %s) = 2" % (tries, tries))
        bob = start_bob("--once", "--agree-only", *N64, *(hook if side == "bob" else ()))
        alice = start_alice(bob, "--agree-only", *N64, *(hook if side == "alice" else ()))
        alice.wait(0)
        bob.wait(0)
        equal(len(read("tries-" + side).splitlines()), 2, "tries")
        equal((alice.errors, bob.errors), ([], []), "errors")
        check("again in 1 s" in (alice if side == "alice" else bob).stderr, "nobody says that it is tried again")


def tried_in_vain():
    bob = start_bob("--once", "--agree-only", *N64)
    alice = start_alice(bob, "--agree-only", *N64, "--key-out", path("key"), "--on-key-retries", "1", "--on-key", "echo >> %s; false" % path("tries"))
    alice.wait(74)
    equal(len(read("tries").splitlines()), 2, "tries")
    alice.one_error("--on-key ended with status 1")


GATE = NOTE + "while [ ! -e %s ]; do sleep 0.05; done; "


def while_a_newer_one_waits(after, status):
    bob = start_bob("--once", *N64, "--key-out", path("bob"), "--keylog", path("all"), "--on-key-retries", "3",
                    "--on-key", GATE % (path("notes"), path("go")) + after, stdin="pipe")
    alice = start_alice(bob, *N64, "--rekey", "0.2", stdin="pipe")
    bob.event("confirmed", count=4)
    wait_until(lambda: notes("notes"), 60, "the first command")
    equal(len(notes("notes")), 1, "commands that have begun")
    return bob, alice, status


def the_newest_counts():
    """A command that fails while a newer key waits is not tried again, and is no failure: the newer one's decides."""
    bob, alice, _ = while_a_newer_one_waits("test $(wc -l < %s) -gt 1" % path("notes"), 0)
    write("go", b"")
    wait_until(lambda: len(notes("notes")) >= 2, 20, "the next command")
    alice.stdin.close()
    bob.stdin.close()
    alice.wait(0)
    bob.wait(0)
    every = [line.split()[1].decode() for line in read("all").splitlines()]
    handed_on = [key for _, key in notes("notes")]
    equal([key for key in every if key in handed_on], handed_on, "keys of the commands, in their order")
    equal(handed_on[-1], every[-1], "the last key handed on")
    check(every.index(handed_on[1]) > 1, "keys that were obsolete have been handed on")
    equal(bob.errors, [], "errors of bob")
    check("it now gets a newer key" in bob.stderr, "nobody says that the first command failed")


def one_error_and_no_more():
    """Also where the commands of both keys fail."""
    bob = start_bob("--once", *N64, "--key-out", path("bob"), "--on-key", GATE % (path("notes"), path("go")) + "false", stdin="pipe")
    alice = start_alice(bob, *N64, "--rekey", "0.2", stdin="pipe")
    bob.event("confirmed", count=4)
    alice.stdin.close()  # no key after those that wait, but for one that is under way
    write("go", b"")
    alice.wait(74)
    bob.wait(74)
    superseded = bob.stderr.count("it now gets a newer key")
    check(superseded >= 1, "the first command that failed was not the older key's")
    equal(len(notes("notes")), 1 + superseded, "commands that ran")
    bob.one_error("--on-key ended with status 1")
    alice.one_error()


def wrong_options():
    for options in (("--lifetime", "5"), ("--lifetime", "0", "--key-out", "k"), ("--on-key-retries", "2", "--key-out", "k"),
                    ("--on-key-retries", "-1", "--key-out", "k", "--on-key", "true")):
        bob = start_bob("--once", *options, wait=False)
        bob.wait(64)
        bob.one_error(options[0])


run(it_ends, one_that_was_there, while_there_are_fresh_ones, tried_again, tried_in_vain, the_newest_counts, one_error_and_no_more,
    wrong_options)
