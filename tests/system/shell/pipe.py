"""Between two pipes bytes pass exactly, both ways at once, and each direction ends by itself."""

import hashlib
import os
import signal
import subprocess
import threading
import time

import parley
from parley import N64, check, equal, path, patience, run, start_alice, start_bob, wait_until, write


def random_file(name, n):
    with open(path(name), "wb") as f:
        while n > 0:
            f.write(os.urandom(min(n, 1 << 20)))
            n -= 1 << 20
    return path(name)


def digest(name):
    with open(path(name), "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def both_ways_at_once():
    """From a pipe and from a file, to a pipe and to a file; set n2048."""
    n = 10_000_000 if parley.SANITIZED else 100_000_000
    up, down = random_file("up", n), random_file("down", n + 12345)
    with open(down, "rb") as down_file, open(path("up.received"), "wb") as up_received:
        bob = start_bob("--once", stdin=down_file, stdout="pipe")
        collector = subprocess.Popen(["cat"], stdin=bob.stdout, stdout=up_received)
        bob.stdout.close()
        source = subprocess.Popen(["cat", up], stdout=subprocess.PIPE)
        alice = start_alice(bob, stdin=source.stdout)
        source.stdout.close()
        alice.wait(0)
        bob.wait(0)
        equal(collector.wait(60), 0, "status of the collecting cat")
        equal(source.wait(60), 0, "status of the cat in front")
    equal(digest("up.received"), digest("up"), "what bob got")
    equal(hashlib.sha256(alice.output).hexdigest(), digest("down"), "what alice got")


def tar_of_a_folder():
    os.makedirs(path("sent/deep/deeper"))
    for i in range(50):
        write("sent/deep/%d" % i, os.urandom(i * 997))
    write("sent/deep/deeper/empty", b"")
    os.symlink("../0", path("sent/deep/deeper/link"))
    tar = subprocess.Popen(["tar", "c", "-C", path("."), "sent"], stdout=subprocess.PIPE)
    bob = start_bob("--once", *N64)
    alice = start_alice(bob, *N64, stdin=tar.stdout)
    tar.stdout.close()
    alice.wait(0)
    bob.wait(0)
    equal(tar.wait(60), 0, "status of tar")
    os.mkdir(path("got"))
    subprocess.run(["tar", "x", "-C", path("got")], input=bob.output, check=True)
    equal(subprocess.run(["diff", "-r", path("sent"), path("got/sent")]).returncode, 0, "status of diff")
    equal(alice.output, b"", "what alice got")


def empty_pipe():
    reader, writer = os.pipe()
    os.close(writer)
    parley.later(lambda: os.close(reader))
    return reader


def nothing_to_say():
    """The end of input is an end, also of one without a byte: /dev/null, an empty file, an empty pipe."""
    def took(alices, bobs):
        """Seconds from the key to the end."""
        bob = start_bob("--once", *N64, stdin=bobs)
        alice = start_alice(bob, *N64, stdin=alices)
        alice.wait(0)
        bob.wait(0)
        equal((alice.output, bob.output), (b"", b""), "what arrived")
        return alice.event("closed")["time"] - alice.event("confirmed")["time"]

    for alices in (None, b"", empty_pipe()):
        for bobs in (None, b"", empty_pipe()):
            # a busy machine may be slow now and then; who waits for what does not come is always
            check(any(took(alices, bobs) < patience(1) for _ in range(10)), "it takes more than a second to end", alices, bobs)


def an_end_waits_for_the_other():
    """Each direction ends by itself: a bob with nothing to say listens as long as alice may still speak."""
    for stdin in (None, b"", empty_pipe()):
        bob = start_bob("--once", *N64, stdin=stdin)
        alice = start_alice(bob, *N64, stdin="pipe")
        alice.event("open")
        time.sleep(0.3)
        check(alice.running() and bob.running(), "somebody left although alice has not ended")
        alice.stdin.write(b"late")
        alice.stdin.close()
        alice.wait(0)
        bob.wait(0)
        equal((alice.output, bob.output), (b"", b"late"), "what arrived")


def staying_for_more_keys():
    """--rekey at alice and --on-key at bob: without anything to say both stay until one of them is told to go."""
    for stdin in (None, b"", empty_pipe()):
        bob = start_bob("--once", *N64, "--key-out", path("bob"), "--on-key", "true", stdin=stdin)
        alice = start_alice(bob, *N64, "--rekey", "0.2", "--key-out", path("alice"), stdin=stdin)
        alice.event("confirmed", count=4)
        check(alice.running() and bob.running(), "somebody has left")
        alice.signal(signal.SIGTERM)
        alice.wait(0)
        bob.wait(0)


def nothing_to_say_but_much_to_hear():
    data = os.urandom(3_000_001)
    for quiet in (None, b""):
        bob = start_bob("--once", *N64, stdin=data)
        alice = start_alice(bob, *N64, stdin=quiet)
        alice.wait(0)
        bob.wait(0)
        check(alice.output == data, "alice got %d bytes that differ" % len(alice.output))


def one_direction_ends_long_before_the_other():
    data = os.urandom(20_000_000)
    bob = start_bob("--once", *N64, stdin="pipe")
    alice = start_alice(bob, *N64, stdin=b"that was all\n")
    wait_until(lambda: bob.output == b"that was all\n", 60, "the short direction")
    for at in range(0, len(data), 1 << 20):
        bob.stdin.write(data[at:at + (1 << 20)])
    check(alice.running() and bob.running(), "somebody left before bob had ended")
    bob.stdin.close()
    alice.wait(0)
    bob.wait(0)
    check(alice.output == data, "alice got other bytes than bob sent: %d" % len(alice.output))


def output_closed_early():
    """As in `alice | head -c 5`: an error that names standard output, on this side; the other side is told nothing good."""
    bob = start_bob("--once", *N64, stdin="pipe")
    alice = start_alice(bob, *N64, stdin="pipe", stdout="pipe")
    bob.stdin.write(b"01234")
    equal(alice.stdout.read(5), b"01234", "the first bytes")
    alice.stdout.close()

    def feed():
        try:
            for _ in range(1000):
                bob.stdin.write(bytes(10000))
        except OSError:
            pass

    threading.Thread(target=feed, daemon=True).start()
    alice.wait(74)
    alice.one_error("standard output")
    bob.wait(74)
    bob.one_error()


def output_that_is_full():
    """The session is over before the disk says no: this side says so all the same."""
    for n in (10, 3_000_000):
        bob = start_bob("--once", *N64, stdin=bytes(n))
        with open("/dev/full", "wb") as full:
            alice = start_alice(bob, *N64, stdin=b"", stdout=full)
        alice.wait(74)
        alice.one_error("standard output")
        bob.wait(None)


def a_slow_reader_slows_the_writer():
    """Nobody collects in memory what the other end of the pipe does not take."""
    total = 60_000_000
    bob = start_bob("--once", *N64, stdout="pipe")
    alice = start_alice(bob, *N64, stdin="pipe")
    written = [0]

    def feed():
        piece = bytes(100_000)
        while written[0] < total:
            alice.stdin.write(piece)
            written[0] += len(piece)
        alice.stdin.close()

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    alice.event("open")
    wait_until(lambda: written[0], 60, "alice to read at all")
    before = -1
    while written[0] != before:  # until it has come to rest
        before = written[0]
        time.sleep(1)
    check(0 < written[0] < 40_000_000, "%d bytes were taken although nobody reads" % written[0])
    got = 0
    while True:
        piece = bob.stdout.read(1 << 20)
        if not piece:
            break
        got += len(piece)
    alice.wait(0)
    bob.wait(0)
    equal(got, total, "bytes that arrived")


def bytes_of_every_kind():
    """Nothing is line by line, escaped or cut in a pipe."""
    data = bytes(range(256)) * 3 + b"\r\n\x1b[2J\0\0no newline at the end"
    bob = start_bob("--once", *N64, stdin=data[::-1])
    alice = start_alice(bob, *N64, stdin=data)
    alice.wait(0)
    bob.wait(0)
    equal(bob.output, data, "what bob got")
    equal(alice.output, data[::-1], "what alice got")


run(both_ways_at_once, tar_of_a_folder, nothing_to_say, an_end_waits_for_the_other,
    staying_for_more_keys, nothing_to_say_but_much_to_hear,
    one_direction_ends_long_before_the_other, output_closed_early, output_that_is_full,
    a_slow_reader_slows_the_writer, bytes_of_every_kind)
