"""What load does to one bob. The tests of load (tests/system/hostile/test_load.py) measure by these functions and compare with limits.

usage: PYTHONPATH=tests/lib load.py ALICE BOB [--only=idle,at-once,busy,slow,short]    with PARLEY_LOAD=BUILD/tests/bench/load; decisive figures with chrt -r 10

Memory is resident memory as the kernel tells it. What belongs to bob alone: neither the driver's nor the kernel's."""

import contextlib
import os
import random
import select
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time

import parley
from parley import (PREFACE, check, connect, equal, field, frame, hello, patience, split_address, start_alice, start_bob,
                    wait_until)

MANY = ("--max-sessions", "1500")
PLAIN = """
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    with listener.accept()[0] as s:
        s.sendall(bytes.fromhex(sys.argv[1]))
"""


def kib(program, what):
    """VmRSS: resident now; VmHWM: at most so far."""
    with open("/proc/%d/status" % program.process.pid) as f:
        for line in f:
            if line.startswith(what + ":"):
                return int(line.split()[1])
    raise AssertionError("no %s of %s" % (what, program.name))


def descriptors(program):
    return len(os.listdir("/proc/%d/fd" % program.process.pid))


def processor_seconds(program):
    with open("/proc/%d/stat" % program.process.pid) as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def at_rest(program, what="VmRSS"):
    """When nothing changes any more."""
    seen = []

    def still():
        seen.append(kib(program, what))
        time.sleep(0.1)
        return len(seen) > 3 and len(set(seen[-4:])) == 1

    wait_until(still, 30, "%s of %s to settle" % (what, program.name))
    return seen[-1]


def quiet_bob(*arguments, **options):
    """10,000 sessions say much."""
    return start_bob("-q", *MANY, *arguments, **options)


@contextlib.contextmanager
def driver(bob, params, *command):
    process = subprocess.Popen([os.environ["PARLEY_LOAD"], bob.address, params] + [str(word) for word in command],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    try:
        yield process
        if not process.stdin.closed:
            process.stdin.close()
        check(process.wait(patience(120)) == 0, "the driver of many alices failed")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def idle_chats(n, params):
    """n chats that are open and say nothing. KiB of each in bob."""
    bob = quiet_bob("--params", params)
    before = at_rest(bob)
    with driver(bob, params, "idle", n, 8) as alices:
        equal(alices.stdout.readline(), b"open %d\n" % n, "what the driver says")
        time.sleep(2)  # he gives back what he does not need after a second of calm
        after = at_rest(bob)
        n_open = descriptors(bob)
        alices.stdin.close()
        equal(alices.stdout.readline(), b"closed %d\n" % n, "what the driver says")
    check(n_open >= n, "bob has", n_open, "descriptors for", n, "chats")
    return {"each": (after - before) / n}


def handshakes_at_once(n, params):
    """n that begin together: seconds of each, and what they add to bob's memory at most."""
    bob = quiet_bob("--params", params)
    before = at_rest(bob)
    with driver(bob, params, "at-once", n) as alices:
        seconds = [float(line.split()[1]) for line in alices.stdout]
    equal(len(seconds), n, "keys")
    return {"median": statistics.median(seconds), "most": max(seconds), "added": kib(bob, "VmHWM") - before}


def samples(params, n, k, block=512, chunk=1 << 18):
    """A2 with vectors of zeros, which nobody would learn from, in one piece."""
    data, index = [frame(3, field(1, bytes(32)))], 0
    for column in range(0, n, block):
        row = min(block, n - column) // 8
        rows = chunk // row // 64 * 64
        for first in range(0, k, rows):
            number = bytes([2 << 3, index]) if index else b""
            data.append(frame(3, number + field(3, bytes(row * min(rows, k - first)))))
            index += 1
    return PREFACE + hello(params) + b"".join(data)


def flood(n, params=b"n2048", dimension=2048, k=12288):
    """n who send A2 as fast as the line takes it, to a bob whose only thread for work stands still (it writes a key log into
    a pipe that nobody reads) until he takes no more. Then he works again, and each gets his labels. What that adds to his
    memory at most."""
    pipe = parley.path("pipe")
    os.mkfifo(pipe, 0o600) # as a key log has to be
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    bob = quiet_bob("--params", params.decode() + ",n64", "--keylog", pipe, environment={"UV_THREADPOOL_SIZE": "1"})
    os.close(reader)
    start_alice(bob, "--params", "n64", "--agree-only").event("confirmed") # her key stands still; so does bob's end mark
    before = at_rest(bob)
    data, labels = samples(params, dimension, k), (32 * dimension + k) // 8
    todo = {connect(bob.address): [0, 0] for _ in range(n)}
    for s in todo:
        s.setblocking(False)
    end, stuck, reader = time.monotonic() + patience(60), 0, None
    while todo:
        if stuck > 10 and reader is None:
            full = at_rest(bob)
            reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
            parley.later(lambda: os.close(reader))
        check(time.monotonic() < end, len(todo), "of", n, "have no labels")
        readable, writable, _ = select.select(todo, [s for s in todo if todo[s][0] < len(data)], [], 0.1)
        stuck = 0 if writable else stuck + 1
        for s in writable:
            todo[s][0] += s.send(data[todo[s][0]:todo[s][0] + (1 << 20)])
        for s in readable:
            got = len(s.recv(1 << 16))
            check(got, "bob has closed a connection before its labels")
            todo[s][1] += got
            if todo[s][1] > labels:
                del todo[s]
    return {"added": kib(bob, "VmHWM") - before, "full": full - before}


def taken_places(n, *options):
    """A bob with n places, and n alices in them whom nobody may push out: they have just said something."""
    bob = start_bob("--max-sessions", str(n), *options, stdout="pipe")
    alices = [start_alice(bob, "--params", "n64", stdin="pipe") for _ in range(n)]
    for alice in alices:
        alice.event("open")
        alice.stdin.write(b"here\n")
        alice.stdin.flush()
        check(bob.stdout.readline(), "bob has not heard her")
    return bob


def busy_answers(n):
    """How long one too many waits for "busy, try later", from the connect to the frame; in turns with a program that does
    nothing but answer, by which it shows how busy the machine is."""
    bob = taken_places(2, "--params", "n64,n2048")
    words = b"\0\0\0\4\x52\2\x08\3"
    plain = subprocess.Popen([sys.executable, "-c", PLAIN, words.hex()], stdout=subprocess.PIPE, text=True)
    for end in (plain.kill, plain.wait, plain.stdout.close):
        parley.later(end)
    seconds = {bob.address: [], "127.0.0.1:" + plain.stdout.readline().strip(): []}
    for _ in range(n):
        for address, of in seconds.items():
            began = time.monotonic()
            s = connect(address)
            equal(s.recv(64, socket.MSG_WAITALL)[-8:], words, "what is said to one too many")
            of.append(time.monotonic() - began)
            s.close()
    of, of_plain = seconds.values()
    return {"median": statistics.median(of), "most": max(of), "plain": statistics.median(of_plain)}


def busy_crowd(n):
    """n at the same time beyond the limit: how many are told so."""
    bob = taken_places(1, "--params", "n64")
    crowd = [connect(bob.address) for _ in range(n)]
    told = sum(parley.abort_reason(s.recv(64, socket.MSG_WAITALL)) == "busy" for s in crowd)
    return {"told": told}


class SlowClients:
    """Six kinds, the same number of each: a byte a second; silence; a header alone; one who sends all of A2 and never
    reads; a Hello for n8192 without anything after it; and one with the seed of a matrix of 256 MiB after it."""

    KINDS = 6

    def __init__(self, bob, n):
        self.sockets, self.drips = [], []
        self.stop = threading.Event()
        mute = samples(b"n64", 64, 1152)
        for i in range(n):
            s = socket.socket(socket.AF_INET6 if ":" in split_address(bob.address)[0] else socket.AF_INET)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.connect(split_address(bob.address))
            self.sockets.append(s)
            kind = i % self.KINDS
            if kind == 0:
                self.drips.append(s)
            elif kind == 2:
                s.sendall(PREFACE + struct.pack(">I", 81))
            elif kind == 3:
                s.sendall(mute)
            elif kind == 4:
                s.sendall(PREFACE + hello(b"n8192"))
            elif kind == 5:
                s.sendall(PREFACE + hello(b"n8192") + frame(3, field(1, bytes(32))))
        self.thread = threading.Thread(target=self._drip, daemon=True)
        self.thread.start()
        parley.later(self.close)

    def _drip(self):
        text = PREFACE + hello(b"n8192")
        for byte in text:
            for s in self.drips:
                with contextlib.suppress(OSError):
                    s.send(bytes([byte]))
                if self.stop.wait(1 / max(1, len(self.drips))):
                    return

    def close(self):
        self.stop.set()
        self.thread.join()
        for s in self.sockets:
            s.close()


def handshake_seconds(bob, params="n2048"):
    """Of an honest alice: from her connection to her key."""
    alice = start_alice(bob, "--params", params, "--agree-only", "-q")
    alice.wait(0)
    return alice.event("confirmed")["time"] - alice.event("connected")["time"]


def slow_clients(n, runs):
    """An honest alice's handshake at a bob with n slow clients, over that at one who has none, in turns; how many slow ones
    were there to the end of that, and when they have gone."""
    bob, other = (start_bob("--params", "n64,n2048,n8192", *MANY) for _ in range(2))
    for _ in range(3):
        handshake_seconds(bob), handshake_seconds(other)
    began = time.monotonic()
    slow = SlowClients(bob, n)
    crowd, alone = [], []
    while len(crowd) < runs and (len(crowd) < 3 or time.monotonic() - began < 6):  # the slow ones stay for 10 seconds
        crowd.append(handshake_seconds(bob))
        alone.append(handshake_seconds(other))
    here = len(bob.all("connected")) - len(bob.all("closed"))
    mute = n // SlowClients.KINDS
    wait_until(lambda: len(bob.all("closed", status=74)) >= n - mute, 60, "the slow ones to be sent away")
    gone = time.monotonic() - began
    slow.close()
    alone, crowd = statistics.median(alone), statistics.median(crowd)
    return {"alone": alone, "crowd": crowd, "ratio": crowd / alone, "here": here, "gone": gone}


def never_reading(n):
    """Those who have sent A2 and never read: they owe A3, for which anybody gets two minutes. Seconds until they are gone."""
    bob = start_bob("--params", "n64", *MANY)
    began = time.monotonic()
    crowd = [connect(bob.address) for _ in range(n)]
    for s in crowd:
        s.sendall(samples(b"n64", 64, 1152))
    wait_until(lambda: len(bob.all("closed", status=74)) == n, 600, "those who never read to be sent away")
    return {"gone": time.monotonic() - began}


def short_sessions(n, stop):
    """Of which half are dropped at a random step. bob's memory and descriptors after each `stop` of them."""
    bob = quiet_bob("--params", "n64")
    figures, seed = [], random.getrandbits(32)
    print("seed %d" % seed)
    with driver(bob, "n64", "churn", n, 8, seed, stop) as alices:
        for done in range(stop, n + 1, stop):
            line = alices.stdout.readline().split()
            equal(line[:2], [b"done", b"%d" % done], "what the driver says")
            wait_until(lambda: descriptors(bob) < 40, 30, "the last connections to be closed")
            figures.append((at_rest(bob), descriptors(bob), int(line[2])))
            alices.stdin.write(b"x")
    return figures


# ---- the report

def report_idle():
    for params in ("n64", "n2048"):
        print("1,000 idle chats of %s: %.1f KiB each" % (params, idle_chats(1000, params)["each"]))


def report_at_once():
    found = handshakes_at_once(64, "n2048")
    print("64 handshakes of n2048 at once: all done after %.1f s (both sides, median %.1f s), bob's memory + %.1f MiB" %
          (found["most"], found["median"], found["added"] / 1024))
    print("64 who send the samples of n2048 as fast as they can: bob's memory + %.1f MiB" % (flood(64)["added"] / 1024))


def report_busy():
    found = busy_answers(101)
    print("one too many hears so after %.1f ms (median of 101; at most %.1f ms)" % (1e3 * found["median"], 1e3 * found["most"]))


def report_slow():
    found = slow_clients(500, 31)
    print("500 slow clients: handshake of n2048 %.1f ms, without them %.1f ms, ratio %.2f; gone after %.1f s" %
          (1e3 * found["crowd"], 1e3 * found["alone"], found["ratio"], found["gone"]))


def report_short():
    figures = short_sessions(10000, 1000)
    print("10,000 short sessions, %d of them complete: %d KiB after 1,000, %d KiB at the end; descriptors %d and %d" %
          (figures[-1][2], figures[0][0], figures[-1][0], figures[0][1], figures[-1][1]))


if __name__ == "__main__":
    reports = {"idle": report_idle, "at-once": report_at_once, "busy": report_busy, "slow": report_slow, "short": report_short}
    only = next((a.split("=", 1)[1].split(",") for a in sys.argv if a.startswith("--only=")), list(reports))
    parley.run(*[reports[name] for name in only])
