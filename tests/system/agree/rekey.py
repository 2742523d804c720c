"""--rekey renews the key while the conversation goes on; both ends hand on the same keys in the same order."""

import base64
import os
import stat
import threading
import time

from parley import N64, Relay, check, equal, key_of, path, read, run, same_key, start_alice, start_bob, wait_until

PAUSE = 12  # 10 s are what a step has that the peer does not read
LOG = 'cat "$PARLEY_KEY_FILE" >> "$PARLEY_KEY_FILE.log"'


def lines(name):
    return read(name).splitlines() if os.path.exists(path(name)) else []


def every_key(name):
    return [line.split()[1] for line in lines(name)]


class Watcher(threading.Thread):
    """Reads a key file as fast as it can and keeps whatever it ever held."""

    def __init__(self, name):
        super().__init__(daemon=True)
        self.path, self.contents, self.modes, self.stopped = path(name), set(), set(), False
        self.start()

    def run(self):
        while not self.stopped:
            try:
                with open(self.path, "rb") as f:
                    self.modes.add(oct(stat.S_IMODE(os.fstat(f.fileno()).st_mode)))
                    self.contents.add(f.read())
            except FileNotFoundError:
                pass
            time.sleep(0.0005)


def renewed_while_data_flows():
    bob = start_bob("--once", *N64, "--key-out", path("bob"), "--on-key", LOG, "--keylog", path("bob.all"), stdin="pipe")
    alice = start_alice(bob, *N64, "--rekey", "0.3", "--key-out", path("alice"), "--on-key", LOG, "--keylog", path("alice.all"),
                        stdin="pipe")
    watchers = [Watcher("alice"), Watcher("bob")]
    sent = 0

    def talk():
        nonlocal sent
        for program in (alice, bob):
            program.stdin.write(b"%s %d\n" % (program.kind.encode(), sent))
        sent += 1
        return len(lines("alice.log")) >= 5 and len(lines("bob.log")) >= 5

    wait_until(talk, 60, "five keys")
    alice.stdin.close()
    bob.stdin.close()
    alice.wait(0)
    bob.wait(0)
    for watcher in watchers:
        watcher.stopped = True
        watcher.join()
        equal(watcher.modes, {"0o600"}, "modes of the key file")
        torn = {c for c in watcher.contents if len(c) != 45 or c[:-1] not in every_key("alice.all")}
        equal(torn, set(), "what a reader saw that is no key of this session")
    for sender, receiver in ((alice, bob), (bob, alice)):
        equal(receiver.output, b"".join(b"%s %d\n" % (sender.kind.encode(), i) for i in range(sent)),
              "what %s got" % receiver.name)
    keys = every_key("alice.all")
    equal(every_key("bob.all"), keys, "bob's keys")
    for name in ("alice.log", "bob.log"):  # a key whose command had not begun when a newer one came is left out
        equal([key for key in keys if key in lines(name)], lines(name), "keys of the commands in " + name)
    equal(len(set(keys)), len(keys), "different keys")
    for key in keys:
        equal(len(base64.b64decode(key, validate=True)), 32, "bytes of a key")
    equal(read("alice"), keys[-1] + b"\n", "alice's last key")
    equal(read("bob"), keys[-1] + b"\n", "bob's last key")
    for program in (alice, bob):
        confirmed = program.all("confirmed")
        equal(len(confirmed), len(keys), "confirmations at " + program.name)
        equal([e["rekey"] for e in confirmed], [False] + [True] * (len(keys) - 1), "which are re-keyings")
        equal(len({e["fingerprint"] for e in confirmed}), 1, "fingerprints: it stays")


def under_a_full_load():
    """Megabytes pass in both directions while keys change."""
    data = os.urandom(1 << 20)
    bob = start_bob("--once", *N64, stdin="pipe", stdout="pipe")
    alice = start_alice(bob, *N64, "--rekey", "0.1", stdin="pipe", stdout="pipe")
    got = {"alice": 0, "bob": 0}
    begun = time.monotonic()
    sent = {"alice": 0, "bob": 0}

    def enough():
        return time.monotonic() > begun + 2 and (len(alice.all("confirmed", rekey=True)) >= 2 or not alice.running())

    def write(program):
        while not enough():
            program.stdin.write(data)
            sent[program.kind] += 1
        program.stdin.close()

    def collect(program):
        piece = b""
        while True:
            more = program.stdout.read(1 << 20)
            piece += more
            while len(piece) >= len(data):
                check(piece[:len(data)] == data, "other bytes than were sent")
                piece = piece[len(data):]
                got[program.kind] += 1
            if not more:
                equal(piece, b"", "a piece at the end")
                return

    threads = [threading.Thread(target=f, args=(p,), daemon=True) for f in (write, collect) for p in (alice, bob)]
    for t in threads:
        t.start()
    alice.wait(0)
    bob.wait(0)
    for t in threads:
        t.join(60)
    equal((got["alice"], got["bob"]), (sent["bob"], sent["alice"]), "pieces that arrived")


def a_reader_who_pauses():
    """Longer than a step has time, with more behind than all buffers hold: a re-keying waits as the conversation does."""
    total = 60_000_000
    bob = start_bob("--once", *N64, stdin="pipe", stdout="pipe")
    alice = start_alice(bob, *N64, "--rekey", "1", stdin="pipe")

    def feed():
        alice.stdin.write(bytes(total))
        alice.stdin.close()

    threading.Thread(target=feed, daemon=True).start()
    alice.event("open")
    time.sleep(PAUSE)
    check(alice.running() and bob.running(), "somebody has left")
    got = 0
    while got < total:
        got += len(bob.stdout.read(1 << 20))
    alice.event("confirmed", rekey=True)
    bob.stdin.close()
    alice.wait(0)
    bob.wait(0)
    equal((got, bob.stdout.read()), (total, b""), "bytes that arrived")


def several_alices():
    """Each session of a bob who serves many has its own keys and its own file."""
    bob = start_bob(*N64, "--key-out", path("bob-%s"))
    alices = [start_alice(bob, *N64, "--rekey", "0.2", "--key-out", path("alice-%d" % i), stdin="pipe") for i in range(3)]
    for alice in alices:
        alice.event("confirmed", count=3)
    for alice in alices:
        alice.stdin.close()
    for i, alice in enumerate(alices):
        alice.wait(0)
        session = alice.event("open")["session"]
        bob.event("closed", session=session, status=0)
        same_key("bob-" + session, "alice-%d" % i)


def an_end_that_crosses():
    """Either side may end at any moment, also while keys change."""
    for i in range(15):
        bob = start_bob("--once", *N64, "--key-out", path("bob"), stdin="pipe")
        alice = start_alice(bob, *N64, "--rekey", "0.1", "--key-out", path("alice"), stdin="pipe")
        alice.event("confirmed", rekey=True)
        time.sleep(0.007 * i)
        first, second = (alice, bob) if i % 2 else (bob, alice)
        first.stdin.close()
        time.sleep(0.1 if i % 3 else 0)
        second.stdin.close()
        alice.wait(0)
        bob.wait(0)
        equal(key_of("alice"), key_of("bob"), "alice's key")


def after_a_busy_bob():
    """The connection to a bob who was busy may close only when the next one has long been open: keys are renewed there all
    the same, and what is typed arrives."""
    bob = start_bob("--once", *N64, stdin="pipe", stdout="pipe")
    alice = start_alice(Relay(bob.address, busy=1).address, *N64, "--rekey", "0.5", stdin="pipe")
    alice.event("confirmed", count=5)
    alice.stdin.write(b"still here\n")
    alice.stdin.close()
    bob.stdin.close()
    alice.wait(0)
    bob.wait(0)
    equal(bob.stdout.read(), b"still here\n", "what bob heard")


run(renewed_while_data_flows, under_a_full_load, a_reader_who_pauses, several_alices, after_a_busy_bob, an_end_that_crosses)
