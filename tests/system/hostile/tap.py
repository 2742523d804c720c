"""Nobody holds the places of eve tap: silent connections that one side has closed end by themselves, and when all places
are taken, those that say nothing make room. Who talks stays."""

import contextlib
import os
import re
import resource
import select
import socket
import subprocess
import threading

import parley
from parley import Skip, check, equal, patience, run, split_address, wait_until

PLACES = 1000  # RELAY_CONNECTIONS_MAX
SILENCE = 60   # seconds: RELAY_SILENCE_MS
CLOCK = 20     # times as fast
SHIM = os.environ.get("FAULT_SHIM")


class Bob(threading.Thread):
    """Takes connections and closes the first `n` of them at once; the others hear what they say."""

    def __init__(self, n):
        super().__init__(daemon=True)
        self.socket = socket.create_server((parley.loopback().strip("[]"), 0), backlog=1000,
                                           family=socket.AF_INET6 if parley.has_ipv6() else socket.AF_INET)
        self.address = "%s:%d" % (parley.loopback(), self.socket.getsockname()[1])
        self.n, self.open, self.ended, self.over = n, {}, 0, False
        parley.later(self.stop)
        self.start()

    def stop(self):
        self.over = True
        self.join()
        for s in [*self.open.values(), self.socket]:
            s.close()

    def run(self):
        self.poll = select.epoll()  # select() knows no descriptor above 1023
        self.poll.register(self.socket, select.EPOLLIN)
        while not self.over:
            for number, _ in self.poll.poll(0.1):
                if number == self.socket.fileno():
                    self.accept()
                else:
                    self.answer(self.open[number])
        self.poll.close()

    def accept(self):
        s, _ = self.socket.accept()
        if self.n > 0:
            self.n -= 1
            s.close()
        else:
            self.open[s.fileno()] = s
            self.poll.register(s, select.EPOLLIN)

    def answer(self, s):
        data = b""
        with contextlib.suppress(OSError):
            data = s.recv(1000)
            s.sendall(data)
        if not data:
            del self.open[s.fileno()]
            self.poll.unregister(s)
            self.ended += 1
            s.close()


class Tap:
    def __init__(self, bob, clock=1):
        environment = dict(os.environ)
        if clock > 1:
            if not SHIM:
                raise Skip("the clock of this C library cannot be replaced")
            environment.update(LD_PRELOAD=SHIM, FAULT_CLOCK=str(clock))
        self.said = parley.path("tap%d.stderr" % id(self))
        with open(self.said, "wb") as f:
            self.process = subprocess.Popen([os.environ["PARLEY_EVE"], "tap", "--listen", parley.loopback() + ":0", "--to",
                                             bob.address, "--write", parley.path("tap%d.pcap" % id(self))], stderr=f,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment)
        parley.later(self.stop)
        self.address = wait_until(lambda: re.search(r"listening at (\S+),", self.stderr()), 20, "the tap")[1]

    def stderr(self):
        with open(self.said, encoding="utf-8") as f:
            return f.read()

    def stop(self):
        self.process.kill()
        self.process.wait()

    def dial(self):
        s = socket.create_connection(split_address(self.address), timeout=patience(30))
        parley.later(s.close)
        return s

    def passed_on(self):
        return self.stderr().count(" -> ")


def talks(s, words=b"word"):
    try:
        s.sendall(words)
        return s.recv(1000) == words
    except OSError:
        return False


def fill(tap, n):
    """n connections that never say anything, all of them passed on."""
    before = tap.passed_on()
    silent = [tap.dial() for _ in range(n)]
    wait_until(lambda: tap.passed_on() == before + n, 60, "the connections")
    return silent


def is_over(s):
    """True once the connection is reset; an end in order of one direction is none."""
    s.settimeout(0.001)
    with contextlib.suppress(TimeoutError, BlockingIOError):
        try:
            while True:
                if not s.recv(100):
                    s.sendall(b"?")  # a reset that came behind the end shows here
        except (ConnectionResetError, BrokenPipeError):
            return True
    return False


def closed_by_bob_they_make_room():
    bob = Bob(PLACES - 1)
    tap = Tap(bob)
    fill(tap, PLACES - 1)
    friend = fill(tap, 1)[0]
    check(talks(friend), "the last one with a place")
    late = [tap.dial() for _ in range(20)]
    check(all(map(talks, late)), "no room, though bob has closed all the others:", tap.stderr()[-300:])
    check(talks(friend), "who talks had to go")
    equal(tap.stderr().count("make room"), 1, "warnings")


def silent_from_the_start_they_make_room():
    bob = Bob(0)
    tap = Tap(bob)
    friend = fill(tap, 1)[0]
    check(talks(friend), "the first one")
    silent = fill(tap, PLACES - 1)
    late = [tap.dial() for _ in range(20)]
    check(all(map(talks, late)), "no room, though the others have never said anything:", tap.stderr()[-300:])
    check(talks(friend), "who talks had to go")
    wait_until(lambda: bob.ended == 20, 20, "the ends of those that made room")
    wait_until(lambda: all(map(is_over, silent[:20])), 20, "the ends of the oldest")  # bob's side ends a moment earlier
    check(not any(map(is_over, silent[20:40])), "not the oldest made room")


def all_talk_and_the_new_one_is_refused():
    bob = Bob(0)
    tap = Tap(bob)
    friends = fill(tap, PLACES)
    check(all(map(talks, friends)), "those with places")
    check(not talks(tap.dial()), "one more than there are places")
    check(all(map(talks, friends)), "those with places, again")


def closed_and_silent_they_end():
    bob = Bob(20)
    tap = Tap(bob, CLOCK)
    silent = fill(tap, 20)
    friend = fill(tap, 1)[0]
    check(talks(friend), "a conversation")
    for s in silent:
        equal(s.recv(1), b"", "bob's end")
    wait_until(lambda: all(map(ended_by_the_tap, silent)), SILENCE, "the end of silent connections")
    check(talks(friend), "an open conversation was ended for its silence")


def ended_by_the_tap(s):
    """Looks without saying anything."""
    error = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    state = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return error != 0 or state == 7  # TCP_CLOSE


resource.setrlimit(resource.RLIMIT_NOFILE, (min(16384, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
run(closed_by_bob_they_make_room, silent_from_the_start_they_make_room, all_talk_and_the_new_one_is_refused,
    closed_and_silent_they_end)
