"""Starts alices and bobs for a test script, watches them, and cleans up after them.

A script defines functions, one idea each, and ends with `run(first, second, ...)`. Meson calls it with the paths of alice
and bob and, in a sanitizer build, --sanitized: then patience is longer, and the script may do less."""

import base64
import contextlib
import fcntl
import functools
import json
import os
import pty
import random
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import traceback

ALICE = BOB = None
SANITIZED = False
LEAST_WAIT = 60  # seconds
FOLDER = None  # of the running function, empty at its start

STEPS = ["A1", "B1", "A2", "B2", "A3", "B3", "A4", "B4"]
_started = []
_closers = []


class Skip(Exception):
    """Cannot be tested here; the text says why."""


def check(condition, *text):
    if not condition:
        raise AssertionError(" ".join(str(t) for t in text))


def equal(found, expected, what):
    if found != expected:
        found, expected = (text if len(text) < 400 else "%s... (%d characters)" % (text[:400], len(text))
                           for text in (repr(found), repr(expected)))
        raise AssertionError("%s: found %s, expected %s" % (what, found, expected))


def patience(seconds):
    return seconds * (5 if SANITIZED else 1)


class Stillness:
    """Tells, on Linux, that none of the programs has done anything for so long that nothing more will come. Work takes as
    long as it takes, on a busy machine or under a sanitizer; a deadline of the programs is not longer for that."""

    EVERY, LEAST = 0.5, 30  # seconds

    def __init__(self, seconds):
        self.limit = max(seconds, self.LEAST)
        self.next = self.since = time.monotonic()
        self.ticks, self.waits = None, 0

    @staticmethod
    def _look():
        """Processor time of the programs' threads, and whether one of them waits for a processor or a disk."""
        ticks, busy = 0, False
        for program in _started:
            with contextlib.suppress(OSError):
                for thread in os.listdir("/proc/%d/task" % program.process.pid):
                    with open("/proc/%d/task/%s/stat" % (program.process.pid, thread)) as f:
                        fields = f.read().rsplit(")", 1)[1].split()
                    ticks += int(fields[11]) + int(fields[12])
                    busy |= fields[0] in "RD"
        return ticks, busy

    def lasts(self):
        now = time.monotonic()
        if now < self.next or not os.path.exists("/proc/self/task"):
            return False
        self.next = now + self.EVERY
        ticks, busy = self._look()
        self.waits += busy
        if self.ticks is None or ticks - self.ticks + 50 * self.waits > 5 + 5 * (now - self.since):  # hundredths of a second
            self.since, self.ticks, self.waits = now, ticks, 0
        return now - self.since > self.limit


def wait_until(condition, seconds, what):
    """The first true value of condition(). What comes at all comes in time on an idle machine; nothing is meant to fail for
    being late on a busy one."""
    seconds = max(seconds, LEAST_WAIT)
    began, still = time.monotonic(), Stillness(seconds)
    while True:
        value = condition()
        if value:
            return value
        waited = time.monotonic() - began
        if waited > patience(seconds) or still.lasts():
            raise AssertionError("waited %.0f s in vain for %s" % (waited, what))
        time.sleep(0.01)


def path(name):
    return os.path.join(FOLDER, name)


def read(name):
    with open(path(name), "rb") as f:
        return f.read()


def write(name, data):
    with open(path(name), "wb") as f:
        f.write(data)
    return path(name)


@functools.lru_cache(None)
def has_ipv6():
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as s:
        s.bind(("::1", 0))
        return True
    return False


def loopback():
    return "[::1]" if has_ipv6() else "127.0.0.1"


def split_address(text):
    host, port = text.rsplit(":", 1)
    return host.strip("[]"), int(port)


def connect(address):
    s = socket.create_connection(split_address(address), timeout=patience(LEAST_WAIT))
    _closers.append(s.close)
    return s


def listen():
    """A socket of our own that listens, and its address as alice takes it."""
    family = socket.AF_INET6 if has_ipv6() else socket.AF_INET
    s = socket.socket(family)
    s.settimeout(patience(LEAST_WAIT))
    s.bind((loopback().strip("[]"), 0))
    s.listen(64)
    _closers.append(s.close)
    return s, "%s:%d" % (loopback(), s.getsockname()[1])


def nobody_there():
    """An address at which nobody listens: the socket that has it does not, so that no other program gets it."""
    s = socket.socket(socket.AF_INET6 if has_ipv6() else socket.AF_INET)
    s.bind((loopback().strip("[]"), 0))
    _closers.append(s.close)
    return "%s:%d" % (loopback(), s.getsockname()[1])


def lasting_address():
    """An address for a bob who ends and starts again there. Its port is none that the system gives to whoever asks for
    any: it would soon be somebody else's, and an alice who tries it from that very port would talk to herself."""
    first = 32768
    with contextlib.suppress(OSError), open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as f:
        first = int(f.read().split()[0])
    for _ in range(1000):
        port = random.randrange(first // 2, first)
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET6 if has_ipv6() else socket.AF_INET) as s:
            s.bind((loopback().strip("[]"), port))
            return "%s:%d" % (loopback(), port)
    raise Skip("no port below %d is free" % first)


def later(function):
    """Called when the running function has ended, well or not."""
    _closers.append(function)


# ---- programs

class Program:
    """One process. stdin: bytes (a file of them), None (/dev/null), "pipe", or a file; stdout: None (a file, see
    output), "pipe", or a file. tty=True gives it a terminal of its own for all three, see Terminal."""

    def __init__(self, kind, arguments, stdin=None, stdout=None, tty=False, columns=80, prefix=(), environment=None, events=True):
        self.kind = kind
        self.name = "%s%d" % (kind, len(_started))
        self.events_path = path(self.name + ".events") if events else None
        self.error_path = path(self.name + ".stderr")
        self.output_path = path(self.name + ".stdout")
        self.status = None
        command = list(prefix) + [ALICE if kind == "alice" else BOB]
        command += [a if isinstance(a, bytes) else str(a) for a in arguments]
        if events:
            command += ["--events", self.events_path]
        self.command = command
        self.environment = dict(os.environ, TERM="xterm", LC_ALL="C.UTF-8", ASAN_OPTIONS="exitcode=99",
                                UBSAN_OPTIONS="halt_on_error=1:exitcode=99:print_stacktrace=1", **(environment or {}))
        self.terminal = None
        _started.append(self)
        if tty:
            self._start_at_terminal(stdin, stdout, columns)
        else:
            self._start(stdin, stdout)

    def _start(self, stdin, stdout):
        with contextlib.ExitStack() as stack:
            if isinstance(stdin, bytes):
                write(self.name + ".stdin", stdin)
                stdin = stack.enter_context(open(path(self.name + ".stdin"), "rb"))
            if stdout is None:
                stdout = stack.enter_context(open(self.output_path, "wb"))
            error = stack.enter_context(open(self.error_path, "wb"))
            self.process = subprocess.Popen(
                self.command, env=self.environment, start_new_session=True, bufsize=0, stderr=error,
                stdin={None: subprocess.DEVNULL, "pipe": subprocess.PIPE}.get(stdin, stdin),
                stdout=subprocess.PIPE if stdout == "pipe" else stdout)

    def _start_at_terminal(self, stdin, stdout, columns):
        try:
            master, slave = open_terminal()
        except Skip:
            _started.remove(self)
            raise
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

        def own_terminal():
            fcntl.ioctl(2, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(self.command, env=self.environment, start_new_session=True,
                                        preexec_fn=own_terminal, stdin=slave if stdin is None else stdin,
                                        stdout=slave if stdout is None else stdout, stderr=slave)
        os.close(slave)
        self.terminal = Terminal(master)

    stdin = property(lambda self: self.process.stdin)
    stdout = property(lambda self: self.process.stdout)

    @property
    def stderr(self):
        if self.terminal:
            return self.terminal.seen.decode(errors="backslashreplace")
        with open(self.error_path, errors="backslashreplace") as f:
            return f.read()

    @property
    def errors(self):
        """The lines of stderr that are errors, not narration: also the log line of a session that went wrong."""
        return [line for line in self.stderr.splitlines()
                if (line.startswith(self.kind + ": ") and not line.startswith(self.kind + ": warning")) or
                (line.startswith("closed peer=") and " status=0 " not in line)]

    @property
    def output(self):
        with open(self.output_path, "rb") as f:
            return f.read()

    @property
    def events(self):
        if not self.events_path:
            return []
        try:
            with open(self.events_path) as f:
                text = f.read()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in text.splitlines(True) if line.endswith("\n")]

    def all(self, event, **wanted):
        return [e for e in self.events if e["event"] == event and all(e.get(k) == v for k, v in wanted.items())]

    def event(self, event, seconds=60, count=1, **wanted):
        """The event number `count` of this kind, when it has come."""
        def found():
            have = self.all(event, **wanted)
            if len(have) >= count:
                return have[count - 1]
            if not self.running() and len(self.all(event, **wanted)) < count:
                raise AssertionError("%s ended with status %s before event %s %s" %
                                     (self.name, self.process.returncode, event, wanted or ""))
            return None
        return wait_until(found, seconds, "event %s %s of %s" % (event, wanted or "", self.name))

    def running(self):
        return self.process.poll() is None

    def wait(self, status=0, seconds=60):
        """Waits for the end and compares the exit status (None: any)."""
        wait_until(lambda: not self.running(), seconds, "the end of " + self.name)
        if self.terminal:
            self.terminal.thread.join(60)  # what it said last has been read too
        if status is not None:
            equal(self.process.returncode, status, "exit status of " + self.name)
        return self.process.returncode

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def one_error(self, *parts):
        """There is exactly one error line; it holds all parts. While the program runs the line may come a moment after the
        event that tells the same."""
        if self.running():
            wait_until(lambda: self.errors, 30, "an error line of " + self.name)
        check(len(self.errors) == 1, "%s has %d error lines instead of one" % (self.name, len(self.errors)))
        for part in parts:
            check(part in self.errors[0], "%r is missing in the error line of %s" % (part, self.name))
        return self.errors[0]

    def clean_up(self):
        if self.running():
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()
        if self.terminal:
            self.terminal.close()

    def describe(self):
        print("---- %s: %s" % (self.name, " ".join(str(word) for word in self.command)))
        print("     status %s" % self.process.poll())
        for title, text in (("stderr", self.stderr), ("events", "\n".join(json.dumps(e) for e in self.events[-12:])
                                                      if self.events_path else "")):
            if text:
                print("  -- %s\n%s" % (title, text[-6000:]))


def open_terminal():
    """(master, slave) of a new pseudo-terminal; skips where there are none."""
    try:
        return pty.openpty()
    except OSError as error:
        raise Skip("there are no pseudo-terminals here: %s" % error)


class Terminal:
    """The other side of a program's terminal. The thread that reads it ends before the descriptor is closed: the number is
    soon another terminal's, whose output it would take."""

    def __init__(self, master):
        self.master = master
        self.seen = b""
        self.at = 0  # what expect has passed
        self.enough, self.say_enough = os.pipe()
        self.thread = threading.Thread(target=self._collect, daemon=True)
        self.thread.start()

    def _collect(self):
        waiter = select.poll()
        waiter.register(self.master, select.POLLIN)
        waiter.register(self.enough, select.POLLIN)
        while self.enough not in dict(waiter.poll()):
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return
            if not data:
                return
            self.seen += data

    def type(self, data):
        os.write(self.master, data)

    def expect(self, data, seconds=60):
        """Waits until data appears after what was expected before."""
        wait_until(lambda: data in self.seen[self.at:], seconds, "%r at the terminal" % data)
        self.at = self.seen.index(data, self.at) + len(data)

    def close(self):
        if self.say_enough is None:
            return
        os.close(self.say_enough)
        self.say_enough = None
        self.thread.join()
        os.close(self.master)
        os.close(self.enough)


def start_bob(*arguments, listen=None, wait=True, **options):
    """A bob at a free port; .address is where it listens."""
    bob = Program("bob", ["--listen", listen or loopback() + ":0"] + list(arguments), **options)
    if wait:
        bob.address = bob.event("listening")["address"]
    return bob


def start_alice(bob, *arguments, **options):
    """An alice for a bob, or for an address."""
    address = bob if isinstance(bob, str) else bob.address
    return Program("alice", ["--connect", address] + list(arguments), **options)


N64 = ("--params", "n64")


def agree(bob, *arguments, **options):
    """A short session that must go well: the alice, ended."""
    options.setdefault("stdin", b"a line\n")
    alice = start_alice(bob, *N64, *arguments, **options)
    alice.wait(0)
    return alice


def key_of(name):
    """The key in a key file, once there is one: 32 bytes in base64 and a newline, nothing else. The file is written by a
    thread, and comes a moment after the events "confirmed" and "open"; while a program still runs, ask for same_key."""
    wait_until(lambda: os.path.exists(path(name)), 60, "the key file " + name)
    text = read(name)
    check(len(text) == 45 and text.endswith(b"\n"), "%s holds %d bytes" % (name, len(text)))
    key = base64.b64decode(text[:-1], validate=True)
    equal(len(key), 32, "bytes of the key in " + name)
    return key


def same_key(*names):
    """The key that the files of both sides hold in the end: one side writes hers while the other's may be there already."""
    keys = []

    def one():
        keys[:] = [key_of(name) for name in names]
        return len(set(keys)) == 1
    wait_until(one, 60, "one key in " + " and ".join(names))
    return keys[0]


# ---- the wire

PREFACE = b"PARLEY\0\2"
ABORT_NAMES = {1: "protocol", 2: "params", 3: "busy", 4: "timeout", 5: "shutdown", 6: "not confirmed", 8: "attempts"}


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, data):
    return bytes([number << 3 | 2]) + varint(len(data)) + data


def frame(number, message):
    body = field(number, message)
    return struct.pack(">I", len(body)) + body


def hello(params):
    return frame(1, field(1, params) + field(2, os.urandom(32)) + field(3, b"none") + field(4, os.urandom(32)))


def receive_all(s):
    """All until the peer closes."""
    data = b""
    with contextlib.suppress(ConnectionError):
        while True:
            more = s.recv(65536)
            if not more:
                break
            data += more
    return data


def abort_reason(data):
    """The reason in the Abort frame at the end of what a bob sent, or None."""
    if len(data) >= 8 and data[-8:-2] == b"\0\0\0\4\x52\2" and data[-2] == 8:
        return ABORT_NAMES.get(data[-1], data[-1])
    return None


class Relay:
    """Carries bytes between alices and a bob, and keeps them. hold_up and hold_down: after so many bytes of the direction
    (alice to bob, bob to alice) nothing more is carried, while the connection stays open. busy: so many connections are
    told that bob is busy, and stay open too."""

    def __init__(self, target, hold_up=None, hold_down=None, busy=0):
        self.target = target
        self.limits = (hold_up, hold_down)
        self.busy = busy
        self.recorded = []  # per connection: [up, down]
        self.holding = threading.Event()
        self.socket, self.address = listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            if self.busy:
                self.busy -= 1
                _closers.append(client.close)
                client.sendall(PREFACE + b"\0\0\0\4\x52\2\x08\3")
                continue
            try:
                server = connect(self.target)
            except OSError:
                client.close()
                continue
            client.settimeout(None)
            server.settimeout(None)
            _closers.append(client.close)
            record = [b"", b""]
            self.recorded.append(record)
            for here, there, way in ((client, server, 0), (server, client, 1)):
                threading.Thread(target=self._carry, args=(here, there, record, way), daemon=True).start()

    def _carry(self, here, there, record, way):
        limit = self.limits[way]
        try:
            while True:
                data = here.recv(65536)
                if not data:
                    break
                room = len(data) if limit is None else max(0, limit - len(record[way]))
                record[way] += data[:room]
                there.sendall(data[:room])
                if room < len(data):
                    self.holding.set()
            there.shutdown(socket.SHUT_WR)
        except OSError:
            for s in (here, there):
                with contextlib.suppress(OSError):
                    s.shutdown(socket.SHUT_RDWR)


# ---- running

def _end_function(failed):
    for program in _started:
        program.clean_up()
    if failed:
        for program in _started:
            program.describe()
    _started.clear()
    for close in _closers:
        with contextlib.suppress(OSError):
            close()
    _closers.clear()


def _no_reports():
    """A report of a sanitizer is a failure, whatever the status."""
    for program in _started:
        for report in ("Sanitizer", "runtime error:"):
            check(report not in program.stderr, "%s: %s" % (program.name, report))


def _meant(program):
    """How often its learner is made to fail."""
    command = program.command
    return int(command[command.index("--fail-learning") + 1]) if "--fail-learning" in command else 0


def _restarted():
    """A session of the function has begun again by itself: the bimodal learner fails once in 25,000 sessions or so (see
    tests/bench/measure), and then what a test expects of so many attempts is not there. A last attempt that fails is
    followed by no other."""
    return any(len(program.all("learned", accepted=False)) > _meant(program) or
               not any(map(_meant, _started)) and any(e.get("attempt", 1) > 1 for e in program.all("step"))
               for program in _started)


def _try(function):
    """None, or the exception of a function that fails. One in whose sessions chance was against it has a second try."""
    for last in (False, True):
        try:
            function()
            _no_reports()
            return None
        except Skip:
            raise
        except Exception as error:
            if last or not _restarted():
                return error
            print("again %-40s a session began again by itself; %s" % (function.__name__, error), flush=True)
            _end_function(False)
            shutil.rmtree(FOLDER, ignore_errors=True)
            os.mkdir(FOLDER)
    return None


def run(*functions):
    global ALICE, BOB, SANITIZED, FOLDER
    arguments = [a for a in sys.argv[1:] if not a.startswith("-")]
    SANITIZED = "--sanitized" in sys.argv
    if len(arguments) < 2:
        sys.exit("usage: %s ALICE BOB [--sanitized] [FUNCTION...]" % sys.argv[0])
    ALICE, BOB = map(os.path.abspath, arguments[:2])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    failures, skips = [], []
    for function in functions:
        if arguments[2:] and function.__name__ not in arguments[2:]:
            continue
        FOLDER = tempfile.mkdtemp(prefix="parley-")
        began, failed = time.monotonic(), True
        try:
            error = _try(function)
            failed = error is not None
            if failed:
                failures.append("FAIL  %s: %s" % (function.__name__, " ".join((str(error) or repr(error)).split())[:1000]))
                traceback.print_exception(error, file=sys.stdout)
            print("%s  %-40s %6.1f s" % ("FAIL" if failed else "ok  ", function.__name__, time.monotonic() - began), flush=True)
        except Skip as skip:
            failed = False
            skips.append(str(skip))
            print("skip  %-40s %s" % (function.__name__, skip), flush=True)
        finally:
            _end_function(failed)
            shutil.rmtree(FOLDER, ignore_errors=True)
            sys.stdout.flush()
    for failure in failures:  # again, as the last lines: what the programs said may be long
        print(failure)
    if skips and not failures:
        print("; ".join(dict.fromkeys(skips)))
        sys.exit(77)
    sys.exit(1 if failures else 0)
