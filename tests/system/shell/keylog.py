"""--keylog: one line a key, session id and key, appended, with a loud warning."""

import base64
import os
import stat

from parley import N64, Program, agree, check, equal, key_of, path, read, run, start_alice, start_bob, wait_until, write


def entries(name):
    lines = read(name).decode().splitlines() if os.path.exists(path(name)) else []
    found = [line.split() for line in lines]
    check(all(len(e) == 2 and len(e[0]) == 16 and len(base64.b64decode(e[1], validate=True)) == 32 for e in found),
          "a line that is not an id and a key")
    return [(session, base64.b64decode(key)) for session, key in found]


def one_line_a_session():
    bob = start_bob(*N64, "--keylog", path("bob.log"))
    expected = []
    for i in range(3):
        alice = agree(bob, "--keylog", path("alice.log"), "--key-out", path("key%d" % i))
        expected.append((alice.event("open")["session"], key_of("key%d" % i)))
        check("warning" in alice.stderr and "--keylog" in alice.stderr, "alice does not warn")
    equal(entries("alice.log"), expected, "alice's log")
    wait_until(lambda: sorted(entries("bob.log")) == sorted(expected), 10, "bob's log to hold the three keys")
    check("warning" in bob.stderr and "--keylog" in bob.stderr, "bob does not warn")
    for name in ("alice.log", "bob.log"):
        equal(oct(stat.S_IMODE(os.stat(path(name)).st_mode)), "0o600", "mode of " + name)


def every_key_of_a_session():
    bob = start_bob("--once", *N64, "--keylog", path("bob.log"), stdin="pipe")
    alice = start_alice(bob, *N64, "--rekey", "0.2", "--keylog", path("alice.log"), stdin="pipe")
    alice.event("confirmed", count=3)
    alice.stdin.close()
    bob.stdin.close()
    alice.wait(0)
    bob.wait(0)
    log = entries("alice.log")
    check(len(log) >= 3, "only %d keys" % len(log))
    equal(entries("bob.log"), log, "bob's log")
    equal(len({session for session, _ in log}), 1, "sessions")
    equal(len({key for _, key in log}), len(log), "different keys")


def quiet_does_not_silence_it():
    bob = start_bob("--once", *N64)
    alice = agree(bob, "-q", "--keylog", path("alice.log"))
    check("--keylog" in alice.stderr, "alice does not warn with -q")


def not_for_others_to_read():
    """An older file that others may read is refused at the start, and gets no key when its mode changes later."""
    os.chmod(write("open.log", b""), 0o644)
    for kind in ("alice", "bob"):
        program = Program(kind, ["--keylog", path("open.log")])
        program.wait(77)
        program.one_error("--keylog", path("open.log"), "others may read", "chmod 600")
    bob = start_bob("--once", *N64, "--keylog", path("bob.log"))
    os.chmod(path("bob.log"), 0o604)
    alice = start_alice(bob, *N64, stdin=b"a line\n")
    bob.wait(74)
    alice.wait(74)
    bob.one_error("--keylog", path("bob.log"), "others may read")
    equal((read("open.log"), read("bob.log")), (b"", b""), "what is in the logs")


run(one_line_a_session, every_key_of_a_session, quiet_does_not_silence_it, not_for_others_to_read)
