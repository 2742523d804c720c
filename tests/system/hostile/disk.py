"""A full disk is an error that is seen: on the screen, in the events where they are elsewhere, and in the exit status."""

import contextlib
import os
import signal
import subprocess

import parley
from parley import N64, Skip, check, equal, key_of, path, read, run, start_alice, start_bob, wait_until, write

FULL = "/dev/full"  # every write: no space left on device


def a_small_disk():
    """A file system of our own, of a few pages, and without one byte left."""
    folder = path("disk")
    os.mkdir(folder)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        raise Skip("a small disk needs the right to mount one")
    parley.later(lambda: subprocess.run(["umount", "-l", folder], check=False))
    return folder


def fill(folder):
    with contextlib.suppress(OSError), open(folder + "/ballast", "wb", buffering=0) as f:
        while True:
            f.write(bytes(4096))


def needs_full():
    if not os.path.exists(FULL):
        raise Skip("there is no %s here" % FULL)


def events():
    """The session itself goes on."""
    needs_full()
    bob = start_bob(*N64, "--key-out", path("bob-%s"))
    alice = start_alice(bob, *N64, "--events", FULL, "--key-out", path("alice"), stdin=b"words\n", events=False)
    alice.wait(74)
    alice.one_error("--events", FULL, "No space")
    key_of("alice")
    wait_until(lambda: b"words" in bob.output, 20, "what alice said")
    bob.signal(signal.SIGTERM)
    bob.wait(0)


def events_of_a_bob_who_serves():
    """He goes on serving, and says so at his end."""
    needs_full()
    bob = start_bob(*N64, "--events", FULL, wait=False, events=False)
    wait_until(lambda: "waits for" in bob.stderr, 20, "bob to listen")
    bob.address = bob.stderr.split("alices at ")[1].split()[0]
    for _ in range(2):
        start_alice(bob, *N64, stdin=b"words\n").wait(0)
    bob.signal(signal.SIGTERM)
    bob.wait(74)
    bob.one_error("--events", FULL, "No space")


def key_log():
    needs_full()
    bob = start_bob("--once", *N64, "--keylog", FULL)
    start_alice(bob, *N64, stdin=b"words\n").wait(74)
    bob.wait(74)
    bob.one_error("--keylog", FULL, "No space")
    equal(len(bob.all("error")), 1, "error events")


def key_files():
    """An old key stays whole, nothing half written is left, and the command does not run."""
    folder = a_small_disk()
    with open(folder + "/key", "wb") as f:
        f.write(b"the old key\n")
    fill(folder)
    for side in ("alice", "bob"):
        extra = ("--key-out", folder + "/key", "--on-key", "touch " + path("ran"))
        bob = start_bob("--once", "--agree-only", *N64, *(extra if side == "bob" else ()))
        alice = start_alice(bob, "--agree-only", *N64, *(extra if side == "alice" else ()))
        alice.wait(74)
        bob.wait(74 if side == "bob" else 1)
        program = alice if side == "alice" else bob
        program.one_error("--key-out", folder + "/key", "No space")
        equal(len(program.all("error")), 1, "error events")
    equal(sorted(os.listdir(folder)), ["ballast", "key"], "files")
    with open(folder + "/key", "rb") as f:
        equal(f.read(), b"the old key\n", "the key file")
    check(not os.path.exists(path("ran")), "the command ran without its file")


def a_key_that_expires():
    """It does not stay for want of room, and the command is told."""
    folder = a_small_disk()
    bob = start_bob("--once", "--agree-only", *N64, "--key-out", folder + "/key", "--lifetime", "1.5", "--on-key",
                    'echo $PARLEY_EVENT >> %s; cp "$PARLEY_KEY_FILE" %s' % (path("told"), path("copy")))
    start_alice(bob, "--agree-only", *N64).wait(0)
    wait_until(lambda: os.path.exists(path("copy")), 20, "the first command")
    fill(folder)
    wait_until(lambda: not bob.running(), 60, "bob to end")
    bob.wait(0)
    with open(path("told"), encoding="ascii") as f:
        equal(f.read().split(), ["agreed", "expired"], "what the command was told")
    with open(folder + "/key", "rb") as f:
        equal(f.read(), read("copy"), "the key file")
    equal(len(key_of("copy")), 32, "random bytes")
    check(any("random bytes" in e["text"] for e in bob.all("error")), bob.all("error"))


def a_key_that_cannot_expire():
    """Where its folder has gone, or the command fails, it is tried again until it has."""
    os.mkdir(path("folder"))
    bob = start_bob("--once", "--agree-only", *N64, "--key-out", path("folder/key"), "--lifetime", "1", "--on-key",
                    "echo $PARLEY_EVENT >> %s; test $PARLEY_EVENT = agreed -o -e %s" % (path("events"), path("mended")))
    start_alice(bob, "--agree-only", *N64, "--key-out", path("alice")).wait(0)
    wait_until(lambda: os.path.exists(path("events")), 20, "the first command")
    os.rename(path("folder"), path("away"))
    wait_until(lambda: "may still be in use: --key-out" in bob.stderr, 20, "the folder to be missed")
    os.rename(path("away"), path("folder"))
    wait_until(lambda: bob.stderr.count("may still be in use: the command of --on-key") >= 2, 20, "the command to fail twice")
    check(key_of("folder/key") != key_of("alice"), "the key is still there")
    check("again in 1 s" in bob.stderr, "nobody says that it is tried again")
    write("mended", b"")
    bob.wait(74)
    equal(sum("random bytes" in e["text"] for e in bob.all("error")), 1, "one key has expired")
    told = read("events").split()
    check(told[0] == b"agreed" and len(told) >= 3 and set(told[1:]) == {b"expired"}, "what the command was told:", told)


def a_capture():
    """Eve's relay goes on for those who talk; she says so, and her status too. Both where nothing can be written and where it
    ends in the middle."""
    eve = os.environ.get("PARLEY_EVE")
    if not eve:
        raise Skip("there is no eve in this build")
    needs_full()
    targets = [FULL]
    with contextlib.suppress(Skip):
        targets.append(a_small_disk() + "/capture")
    for target in targets:
        bob = start_bob("--once", "--params", "n1024")  # more than the small disk takes
        with open(path("eve.stderr"), "wb") as error:
            tap = subprocess.Popen([eve, "tap", "--listen", parley.loopback() + ":0", "--to", bob.address, "--write", target,
                                    "--once"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=error)
        parley.later(tap.kill)

        def said():
            with open(path("eve.stderr"), encoding="utf-8") as f:
                return f.read()

        line = wait_until(lambda: [x for x in said().splitlines() if " at " in x or "istens" in x], 20, "eve to listen")[0]
        address = [word.rstrip(",.;") for word in line.split() if ":" in word and word[-1:].rstrip(",.;") != ":"][0]
        start_alice(address, "--params", "n1024", stdin=b"words\n").wait(0)
        bob.wait(0)
        equal(bob.output, b"words\n", "what bob got")
        equal(tap.wait(parley.patience(60)), 74, "eve's status with " + target)
        errors = [x for x in said().splitlines() if x.startswith("eve tap:")]
        check(len(errors) == 1 and target in errors[0] and "No space" in errors[0], "eve's errors:", errors)


run(events, events_of_a_bob_who_serves, key_log, key_files, a_key_that_expires, a_key_that_cannot_expire, a_capture)
