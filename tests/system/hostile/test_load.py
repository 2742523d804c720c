"""Load: how much of everything one bob takes, and that nobody is served badly for what others do. tests/bench/load.py
measures; here are the limits. With PARLEY_LONG in the environment the full numbers, otherwise smaller ones where they take long."""

import contextlib
import os
import resource
import signal
import time

import load
import parley
from parley import (N64, Skip, agree, check, connect, equal, run, start_alice, start_bob, wait_until)

LONG = "PARLEY_LONG" in os.environ
KIB_OF_A_CHAT = 14
MEMORY_MIB = 32        # for samples that wait to be labelled, of all sessions together
BEYOND_MIB = 0.5       # for each session in the agreement, beyond that
BUSY_SECONDS = 0.05
SLOWER = 1.5
GROWTH = 1.02
TRIES = 3              # of what compares times on a machine that others use too


def a_thousand_idle_chats():
    each = load.idle_chats(1000, "n64")["each"]
    check(each <= KIB_OF_A_CHAT, "an idle chat costs %.1f KiB" % each)
    if LONG:
        each = load.idle_chats(1000, "n2048")["each"]
        check(each <= 1.4 * KIB_OF_A_CHAT, "an idle chat of n2048 costs %.1f KiB" % each)


def sixty_four_at_once():
    """All of them finish, below the cap; also when the samples come much faster than they can be labelled."""
    cap = 1024 * (MEMORY_MIB + 64 * BEYOND_MIB)
    for name, found in (("handshakes", load.handshakes_at_once(64, "n2048")), ("floods", load.flood(64))):
        check(found["added"] <= cap, "64 %s take %d KiB, the cap is %d" % (name, found["added"], cap))


def busy_is_said_at_once():
    for left in reversed(range(TRIES)):
        found = load.busy_answers(31)
        if found["median"] <= max(BUSY_SECONDS * (5 if parley.SANITIZED else 1), 10 * found["plain"]):
            break
        check(left, "it takes %.3f s to say busy, and %.3f s to say anything" % (found["median"], found["plain"]))
    equal(load.busy_crowd(300)["told"], 300, "those of a crowd of 300 who were told that bob is busy")


def who_is_turned_away_leaves_nothing():
    """A crowd beyond the limit, again and again."""
    bob = load.taken_places(1, *N64, "--timeout", "60")

    def crowd(n):
        for _ in range(n):
            waiting = [connect(bob.address) for _ in range(300)]
            for s in waiting:
                s.recv(64)
                s.close()
        return load.kib(bob, "VmRSS")
    before, after = crowd(3), crowd(10)
    check(after - before < 1024, "3000 who were turned away have left %d KiB" % (after - before))


def a_crowd_behind_one_address():
    """Nothing is held against an address: after 200 bad connections from it, an alice from there is served like any."""
    bob = start_bob(*N64, "--timeout", "1")
    for i in range(200):
        s = connect(bob.address)
        s.sendall(b"GET / HTTP/1.0\r\n\r\n" if i % 2 else parley.PREFACE + b"\xff" * 8)
        s.close()
    agree(bob)


def slow_clients():
    """Some try again and again on a busy machine; a bob whom the slow ones hold up fails each time."""
    n, runs = (50, 3) if parley.SANITIZED else (500, 15)
    found = []
    for _ in range(TRIES):
        found.append(load.slow_clients(n, runs))
        if found[-1]["ratio"] <= SLOWER:
            return
    if all(f["here"] < n * 4 // 5 for f in found):
        raise Skip("the slow clients were gone before the honest ones were through: this machine is too slow to tell")
    raise AssertionError("an honest handshake beside %d slow clients takes %s times as long" %
                         (n, ", ".join("%.2f" % f["ratio"] for f in found)))


def those_who_never_read():
    gone = load.never_reading(100)["gone"]
    check(gone > 115, "they stayed for %.0f s" % gone)


def short_sessions():
    n, stop = (10000, 1000) if LONG else (400, 100) if parley.SANITIZED else (2000, 1000)
    figures = load.short_sessions(n, stop)
    check(figures[-1][2] > n // 4, "only", figures[-1][2], "of", n, "are complete")
    for memory, files, _ in figures[1:]:
        check(files <= figures[0][1], "descriptors grow from", figures[0][1], "to", files)
        if not parley.SANITIZED:
            check(memory <= GROWTH * figures[0][0], "memory grows from", figures[0][0], "KiB to", memory)


def few_descriptors():
    """A low limit: bob says how many he can serve, serves them, and tells the others."""
    bob = start_bob(*N64, "--max-sessions", "1000", prefix=("prlimit", "--nofile=140:140"))
    check("140 open files" in bob.stderr, "bob does not say what he can do")
    crowd = [connect(bob.address) for _ in range(100)]
    told = set()

    def all_told():
        for s in set(crowd) - told:
            s.settimeout(0.001)
            with contextlib.suppress(OSError):
                if parley.abort_reason(s.recv(64)) == "busy":
                    told.add(s)
        return len(told) >= 80
    wait_until(all_told, 60, "most of 100 to be told that bob is busy")
    check(len(told) < 100, "all of 100 were told that bob is busy")
    for s in crowd:
        s.close()
    agree(bob)


def limit_files(program, n):
    try:
        resource.prlimit(program.process.pid, resource.RLIMIT_NOFILE, (n, 4096))
    except (PermissionError, AttributeError):
        raise Skip("another process's limits cannot be changed here") from None


def knock(bob, n):
    """As many connections of n as come about: a bob without descriptors may close his listener, and who waits there is
    reset."""
    crowd = []
    for _ in range(n):
        with contextlib.suppress(OSError):
            crowd.append(connect(bob.address))
    return crowd


def hardly_a_descriptor_left():
    """Whoever comes when there are none is dropped; the next one after that is served."""
    bob = start_bob(*N64, "--timeout", "60")
    agree(bob)
    limit_files(bob, load.descriptors(bob) + 8)
    crowd = knock(bob, 40)
    wait_until(lambda: len(bob.all("connected")) > 4, 30, "some of the crowd to be let in")
    for s in crowd:
        s.close()
    wait_until(lambda: len(bob.all("closed")) == len(bob.all("connected")), 30, "the crowd to be gone")
    agree(bob)


def no_descriptor_left():
    """Bob's limit is taken away while he runs: what is open goes on, the loop does not spin, and with descriptors to be had
    again new alices are served."""
    bob = start_bob(*N64, "--timeout", "60")
    alice = start_alice(bob, *N64, stdin="pipe")
    alice.event("open")
    bob.event("open")
    limit_files(bob, 4)
    crowd = knock(bob, 5)
    wait_until(lambda: "cannot accept" in bob.stderr or "cannot listen" in bob.stderr, 30, "bob to be out of descriptors")
    before, began = load.processor_seconds(bob), time.monotonic()
    alice.stdin.write(b"still here\n")
    wait_until(lambda: b"still here" in bob.output, 20, "a line of the open chat")
    time.sleep(1)
    share = (load.processor_seconds(bob) - before) / (time.monotonic() - began)
    check(share < 0.5, "bob uses %.0f%% of a processor while he waits for descriptors" % (100 * share))
    check(bob.stderr.count("\n") < 100, "bob says so", bob.stderr.count("\n"), "times")
    for s in crowd:
        s.close()
    limit_files(bob, 1024)

    def served():
        return start_alice(bob, *N64, stdin=b"x", events=False).wait(None) == 0

    wait_until(served, 60, "an alice to be served")
    alice.stdin.close()
    alice.wait(0)
    bob.signal(signal.SIGTERM)
    bob.wait(0)


functions = [busy_is_said_at_once, who_is_turned_away_leaves_nothing, a_crowd_behind_one_address, slow_clients, short_sessions, few_descriptors,
             hardly_a_descriptor_left, no_descriptor_left]
if "--sanitized" not in parley.sys.argv:  # a sanitizer's memory is not bob's
    functions += [a_thousand_idle_chats, sixty_four_at_once]
if LONG:
    functions += [those_who_never_read]
run(*functions)
