"""The HTTP server of eve serve, with clients that no browser is: they leave, stall, ask twice and ask for too much.

usage: clients.py EVE [--sanitized] [PART...]"""

import json
import os
import re
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "..", folder) for folder in ("proof/fuzz", "lib")]

import pcap  # noqa: E402
import seeds  # noqa: E402

EVE = sys.argv[1]
SANITIZED = "--sanitized" in sys.argv  # memory is not what it is, and all is slow
TIMES = 50
PATIENCE = 300 if SANITIZED else 60  # seconds, for what takes less than one on an idle machine
TICKS = os.sysconf("SC_CLK_TCK")
MEGABYTE = 1 << 20


class Failed(Exception):
    pass


def check(condition, *text):
    if not condition:
        raise Failed(" ".join(str(t) for t in text))


def until(what, probe, seconds=PATIENCE):
    """Some probes cost much: the longer it takes, the less often it is asked."""
    began = time.monotonic()
    end = began + seconds
    while True:
        value = probe()
        if value:
            return value
        check(time.monotonic() < end, "waited %d s in vain for %s" % (seconds, what))
        time.sleep(min(0.5, 0.02 + (time.monotonic() - began) / 5))


class Server:
    def __init__(self, *sources):
        self.process = subprocess.Popen([EVE, "serve", "--listen", "127.0.0.1:0", *sources], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        line = self.process.stdout.readline().decode()
        check(line.startswith("http://"), "eve serve:", line, self.process.poll())
        self.host, self.token = line[len("http://"):].strip().split("/#token=")
        self.port = int(self.host.split(":")[1])

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def request(self, path, method="GET", body=b"", fields=()):
        lines = ["%s %s HTTP/1.1" % (method, path), "Host: " + self.host, *fields]
        if method == "POST":
            lines += ["Origin: http://" + self.host, "X-Parley-Token: " + self.token, "Content-Length: %d" % len(body)]
        return "\r\n".join(lines + ["", ""]).encode() + body

    def ask(self, *request, **more):
        """(status, body) of a request on a connection of its own."""
        with self.connect() as s:
            s.sendall(self.request(*request, **more))
            return answer_of(read_all(s))

    def alive(self):
        status, body = self.ask("/state")
        check(status == 200 and json.loads(body)["schema"] == 1, "the page answers", status, body)

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.process.pid))

    def used(self):
        with open("/proc/%d/stat" % self.process.pid, encoding="latin-1") as f:
            fields = f.read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self):
        with open("/proc/%d/status" % self.process.pid, encoding="latin-1") as f:
            return int(next(line for line in f if line.startswith("VmRSS")).split()[1]) * 1024

    def rests(self, descriptors):
        """Nothing is left of those who have gone: no descriptor, no processor time."""
        until("%d descriptors, there are %d" % (descriptors, self.descriptors()), lambda: self.descriptors() <= descriptors)
        before = self.used()
        time.sleep(1)
        share = self.used() - before
        check(share < 0.2, "an idle eve serve used %.2f s in a second" % share)

    def stop(self):
        check(self.process.poll() is None, "eve serve has ended with", self.process.poll())
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired as e:
            raise Failed("eve serve ignores SIGTERM") from e
        check(status == 0, "status of eve serve:", status, self.process.stderr.read())

    def kill(self):
        self.process.kill()
        self.process.wait()


def read_all(s):
    """What comes until the end, or the reset with which a server ends that has not read all of a request."""
    pieces = []  # joined once: there may be ten megabytes
    try:
        while piece := s.recv(1 << 18):
            pieces.append(piece)
    except ConnectionError:
        pass
    return b"".join(pieces)


def answer_of(data):
    head, _, body = data.partition(b"\r\n\r\n")
    if b"chunked" in head:
        pieces, at = [], 0
        while at < len(body):
            start = body.find(b"\r\n", at) + 2
            size = int(body[at:start - 2], 16)
            pieces.append(body[start:start + size])
            at = start + size + 2
        body = b"".join(pieces)
    return (int(head.split()[1]) if head.startswith(b"HTTP/1.1 ") else None), body


def capture(path, megabytes):
    """A session, and packets that are nobody's: large, and quickly read. The session's id."""
    with open(path, "wb") as f:
        f.write(pcap.write(seeds.conversation(seeds.golden())))
        size = MEGABYTE // 4 - 16
        for i in range(4 * megabytes):
            f.write(struct.pack("<IIII", 2 * 10**9 + i, 0, size, size) + bytes(size))
    told = subprocess.run([EVE, "inspect", "--json", path], capture_output=True, timeout=PATIENCE, check=True).stdout
    return json.loads(told)["sessions"][0]["session"]


def events(path, session, n, text):
    with open(path, "w", encoding="ascii") as f:
        for i in range(n):
            f.write(json.dumps({"schema": 1, "event": "error", "side": "alice", "time": i, "clock": i + 1, "session": session,
                                "text": text}) + "\n")


def talkative(path, n):
    """A session whose conversation is n messages of one byte, sealed by nobody: the wire does not show that."""
    one = seeds.frame(seeds.field(9, seeds.field(2, bytes(18))))
    frames = seeds.golden()
    ends = [i for i, (side, _) in enumerate(frames) if side == 0]
    frames.insert(ends[-1] + 1, (0, one * n))
    with open(path, "wb") as f:
        f.write(pcap.write(seeds.conversation(frames)))


# ---- each state of a request and its answer, as (name, how to get there)

def states(server):
    get, post = server.request("/app.js"), server.request("/eve", "POST", b'{"on":false}')

    def after(data, n=0):
        def begin():
            s = server.connect()
            s.sendall(data)
            while n and len(s.recv(n)) == 0:
                pass
            return s
        return begin
    return {
        "idle": after(b""),
        "in the first line": after(get[:8]),
        "in the header fields": after(get[:-5]),
        "in the body": after(post[:-4]),
        "asked": after(get),
        "in a file": after(server.request("/save/capture.pcap?source=0"), 1000),
        "in the list of events": after(server.request("/save/run.json"), 1000),
        "in what has happened": after(server.request("/events"), 1000),
        "waiting for events": after(server.request("/events", fields=["Last-Event-ID: %d" % last_id(server)]), 100),
    }


def last_id(server):
    return int(server.ask("/save/run.json")[1].rsplit(b'"id":', 1)[1].rstrip(b"}]\n"))


def all_read(server):
    return server.ask("/save/run.json")[1].count(b"\n") >= 10000


def leave(begin):
    begin().close()


def half_close(begin):
    s = begin()
    s.shutdown(socket.SHUT_WR)
    s.recv(1000)
    s.close()


def reload(begin):
    s, t = begin(), begin()
    s.close()
    t.close()


def reset(begin):
    s = begin()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def nothing_is_left(server):
    server.alive()
    before = server.descriptors()
    for name, begin in states(server).items():
        for act in (leave, half_close, reload, reset):
            for _ in range(TIMES):
                act(begin)
            check(server.process.poll() is None, "eve serve died:", name, act.__name__)
        try:
            server.rests(before)
        except Failed as e:
            raise Failed("%s: %s" % (name, e)) from e
        server.alive()


def half_closed_readers(server):
    """Who says that he has no more to ask still gets the whole answer; of a stream it is the end."""
    with server.connect() as s:
        s.sendall(server.request("/uplot.js"))
        s.shutdown(socket.SHUT_WR)
        check(answer_of(read_all(s))[0] == 200, "an answer after a half-close")
    with server.connect() as s:
        s.sendall(server.request("/events"))
        s.shutdown(socket.SHUT_WR)
        read_all(s)


# ---- more than one request at once

def pipelined(server):
    ask = server.request
    firsts = {"page": ask("/"), "script": ask("/uplot.js"), "state": ask("/state"), "nothing": ask("/nothing"),
              "head": ask("/", "HEAD"), "post": ask("/eve", "POST", b'{"on":false}'), "empty post": ask("/eve", "POST"),
              "stranger's post": b"POST /eve HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", "method": ask("/", "DELETE"),
              "events": ask("/events")}
    seconds = {"get": ask("/app.js"), "post": ask("/eve", "POST", b'{"on":false}'), "long post": ask("/eve", "POST", b" " * 16000),
               "longer post": ask("/eve", "POST", b" " * 20000), "cut post": ask("/eve", "POST", b" " * 300)[:-200],
               "upgrade": ask("/", fields=["Connection: Upgrade", "Upgrade: websocket"]), "noise": b"\0\xff" * 500,
               "many": ask("/app.js") * 50}
    for first, a in firsts.items():
        for second, b in seconds.items():
            with server.connect() as s:
                try:
                    s.sendall(a + b)
                except ConnectionError:
                    pass  # it has answered the first and gone
                data = s.recv(100) if first == "events" else read_all(s)
                check(data.count(b"HTTP/1.1 ") <= 1, first, second, ": more than one answer")
            server.alive()


def no_upgrades(server):
    held = []
    for i in range(400):
        s = server.connect()
        s.sendall(server.request("/" if i % 2 else "/events", fields=[
            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: http://evil.example"]))
        held.append(s)
        if i % 50 == 0:
            server.alive()
    for s in held:
        check(answer_of(read_all(s))[0] == 400, "an upgrade is refused")
        s.close()
    server.alive()


# ---- limits

def too_much(server):
    def status(data):
        with server.connect() as s:
            try:
                s.sendall(data)
            except ConnectionError:
                pass
            return answer_of(read_all(s))[0]
    check(status(server.request("/", fields=["X: " + "x" * 40000])) in (None, 400, 413, 431), "a long header field")
    check(status(b"GET /" + b"x" * 40000 + b" HTTP/1.1\r\n\r\n") in (None, 400, 413, 414), "a long path")
    check(status(server.request("/eve", "POST", b" " * 16384)) == 400, "a body of the longest length is read")
    check(status(server.request("/eve", "POST", b" " * 16385)[:-16385]) == 413, "a longer one is refused")
    chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
    chunked = server.request("/eve", "POST").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    check(status(chunked + chunk * 4 + b"0\r\n\r\n") == 400, "the same in chunks")
    check(status(chunked + chunk * 5 + b"0\r\n\r\n") == 413, "the longer one in chunks")
    check(status(server.request("/", "TRACE")) == 405, "another method")
    server.alive()


def full_house(server):
    """Those who never ask do not keep others out, and the number of streams has a limit of its own."""
    crowd = [server.connect() for _ in range(500)]
    server.alive()
    for s in crowd:
        s.close()
    begin = states(server)["waiting for events"]
    streams = [begin() for _ in range(256)]
    check(server.ask("/events")[0] == 503, "a stream too many is refused")
    server.alive()
    streams.pop().close()
    until("room for a stream", lambda: enters(server))
    for s in streams:
        s.close()


def half_open(server):
    """Of one address only so many connections without a request stay, the newest; of another those are not counted. A try in
    which the machine stood still for too long shows nothing and is made again."""
    limit, n, n_others = 96, 200, 40  # far from what makes the house full, where others are cut
    for _ in range(10):
        begun = time.monotonic()
        others = [socket.create_connection(("127.0.0.1", server.port), PATIENCE, ("127.0.0.2", 0)) for _ in range(n_others)]
        crowd = [server.connect() for _ in range(n)]
        for i, s in enumerate(crowd):
            s.sendall(b"GET / HT" if i % 2 else b"G")
        ended = []
        while len(ended) < n - limit and time.monotonic() - begun < 4:
            poll = select.poll()
            for s in crowd + others:
                poll.register(s, select.POLLIN)
            gone = {number for number, _ in poll.poll(100)}
            ended = [i for i, s in enumerate(crowd + others) if s.fileno() in gone]
        in_time = time.monotonic() - begun < 4
        for s in crowd + others:
            s.close()
        if in_time:
            check(ended == list(range(n - limit)), "of %d half-open connections those ended: %s" % (n, ended))
            server.alive()
            return
    raise Failed("half-open connections stay, or the machine stands still again and again")


class Crowd(threading.Thread):
    """n people who ask for something large, never read it, and come again as soon as they are let go."""

    def __init__(self, server, n, path):
        super().__init__(daemon=True)
        self.server, self.path, self.n, self.over = server, path, n, False
        self.start()

    def come(self):
        s = socket.socket()
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 88)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", self.server.port))
        self.people[s.fileno()] = s
        self.poll.register(s, select.POLLOUT)
        self.ask(s)

    def ask(self, s):
        """At once, so that the request is there when the server takes the connection."""
        try:
            s.send(self.server.request(self.path))
            self.poll.modify(s, select.POLLRDHUP)
        except BlockingIOError:
            pass
        except OSError:
            self.go(s)

    def go(self, s):
        self.poll.unregister(s)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        del self.people[s.fileno()]
        s.close()

    def run(self):
        self.people, self.poll = {}, select.poll()
        while not self.over:
            for _ in range(self.n - len(self.people)):
                self.come()
            for number, event in self.poll.poll(100):
                s = self.people[number]
                if event & (select.POLLHUP | select.POLLERR | select.POLLRDHUP) or self.ended(s):
                    self.go(s)
                else:
                    self.ask(s)
            for s in [s for s in self.people.values() if self.ended(s)]:
                self.go(s)
        for s in list(self.people.values()):
            self.go(s)

    @staticmethod
    def ended(s):
        """The server has closed its side: what does not fit the window hides that from poll."""
        return s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] > 3

    def end(self):
        self.over = True
        self.join()


def held_house(folder):
    """People who ask, do not read and come again at once keep nobody out, and no viewer with the token loses his stream.
    The limit is half of what a reader who takes nothing has in a house that is not full."""
    path = os.path.join(folder, "short.pcap")
    capture(path, 0)
    server = Server(path)
    try:
        nobody_is_kept_out(server)
        server.stop()
    finally:
        server.kill()


def nobody_is_kept_out(server):
    token = "/events?viewer=" + server.token
    with server.connect() as stream:
        stream.sendall(server.request(token))
        first = stream.recv(12)
        check(first.endswith(b"200"), "no stream:", first)
        crowd = Crowd(server, 900, "/uplot.js")
        try:
            until("a full house", lambda: server.descriptors() > 330)
            waits = []
            for _ in range(4):
                start = time.monotonic()
                server.alive()
                waits.append(time.monotonic() - start)
            print("  behind 900 others who never read: %s s" % ", ".join("%.1f" % wait for wait in waits))
            check(sorted(waits)[1] < 10 or SANITIZED, "waited for %.1f s, most of the time" % sorted(waits)[1])
            check(server.ask("/eve", "POST", b'{"on":false}')[0] == 200, "no change is possible")
            data = b""
            while b'"event":"eve"' not in data:
                piece = stream.recv(65536)
                check(piece, "the stream of a viewer with the token was cut")
                data += piece
        finally:
            crowd.end()
    strangers = [server.connect() for _ in range(256)]
    for s in strangers:
        s.sendall(server.request("/events"))
        check(s.recv(12).endswith(b"200"), "no stream for a stranger")
    check(server.ask("/events")[0] == 503, "a stream too many is refused")
    with server.connect() as s:
        s.sendall(server.request(token))
        check(s.recv(12).endswith(b"200"), "the token gives no place among the streams")
    for s in strangers:
        s.close()
    server.alive()


def enters(server):
    with server.connect() as s:
        s.sendall(server.request("/events"))
        return s.recv(12).endswith(b"200")


def slow_readers(server):
    """What they ask for is large; what they cost is not."""
    server.alive()
    before = server.memory()
    begin = states(server)
    readers = [begin[name]() for name in ("in a file", "in the list of events", "in what has happened") for _ in range(40)]
    time.sleep(0.5)
    grown = (server.memory() - before) / MEGABYTE
    print("  120 readers of 64 and 10 MiB who do not go on: %.1f MiB" % grown)
    check(grown < 8 or SANITIZED, "eve serve has grown by %.1f MiB" % grown)
    for s in readers:
        s.close()


def many_messages(folder):
    """Messages of one byte are shown one by one up to a number, and then only counted."""
    path = os.path.join(folder, "talkative.pcap")
    talkative(path, 300000)
    server = Server(path)
    try:
        run = until("the end of the session", lambda: over(server), 2 * PATIENCE)
        sealed = [e for e in run if e["event"] == "sealed"]
        check(100 <= len(sealed) <= 1003, len(sealed), "sealed messages shown")
        check(any(e["event"] == "note" and "sealed messages" in e["text"] for e in run), "that there are more is not said")
        check(run[0]["event"] == "connected" and len([e for e in run if e["event"] == "step"]) == 8, "the steps are gone")
        closed = next(e for e in run if e["event"] == "closed")
        check(closed["sealed_bytes"] > 300000 * 18, closed)
        check(server.memory() < 48 * MEGABYTE or SANITIZED, "eve serve takes %.0f MiB" % (server.memory() / MEGABYTE))
        server.stop()
    finally:
        server.kill()


def over(server):
    run = json.loads(server.ask("/save/run.json")[1])
    return run if any(e["event"] == "closed" for e in run) else None


def many_foreign_sessions(folder):
    """A file of events may be anybody's: lines of as many sessions cost about what as many lines of one session cost."""
    times = []
    for name, sessions in (("one.events", 1), ("foreign.events", 1 << 60)):
        path, n = os.path.join(folder, name), 20000
        with open(path, "w", encoding="ascii") as f:
            for i in range(n):
                f.write('{"schema":1,"event":"open","side":"alice","time":1.0,"clock":1,"session":"%016x"}\n' % (i % sessions))
        server = Server(path)
        try:
            until("the last event", lambda: rests_at(server, n))
            times.append(server.used())
            server.stop()
        finally:
            server.kill()
    print("  20000 lines of one session %.2f s, of 20000 sessions %.2f s" % tuple(times))
    check(times[1] < 5 * times[0] + 0.5, "%.2f s instead of %.2f s" % (times[1], times[0]))


def rests_at(server, n):
    """It has used no more time for a while (asking takes some), and the last event is that of number n."""
    before = server.used()
    time.sleep(0.3)
    return before > 0 and server.used() == before and b'"id":' in server.ask("/save/run.json")[1] and last_id(server) == n


def many_sessions():
    """Samples are forgotten once their picture is shown: eve serve does not grow with the sessions that it has seen."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(EVE)))
    alice, bob = (os.path.join(folder, name, name) for name in ("alice", "bob"))
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    listening = subprocess.Popen([bob, "--listen", "127.0.0.1:0", "--agree-only"], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    server = None
    try:
        server = Server("tap:127.0.0.1:0:127.0.0.1:%d" % port_in(listening.stderr))
        at = "127.0.0.1:%d" % port_in(server.process.stderr)
        sizes = []
        for _ in range(3):
            for _ in range(10):
                done = subprocess.run([alice, "--agree-only", "--connect", at], timeout=PATIENCE, check=False, **quiet)
                check(done.returncode == 0, "alice ended with", done.returncode)
            sizes.append(server.memory() / MEGABYTE)
        grown = sizes[2] - sizes[0]
        print("  20 more sessions of 3.2 MB each: %.1f MiB" % grown)
        check(grown < 16 or SANITIZED, "eve serve has grown by %.1f MiB" % grown)
        server.stop()
    finally:
        listening.kill()
        listening.wait()
        if server:
            server.kill()


def port_in(stream):
    """The port in the first line that has an address of loopback."""
    while line := stream.readline():
        if found := re.search(rb"127\.0\.0\.1:(\d+)", line.replace(b"tap:127.0.0.1:0:127", b"")):
            return int(found.group(1))
    raise Failed("no address where one was due")


def stallers(server):
    """People who have begun something and do not go on, or hardly."""
    begin = states(server)
    people = [begin[name]() for name in begin if name not in ("asked", "waiting for events")]
    return people, [server.connect(), begin["in the body"]()]


def let_go(server, people, descriptors):
    """The server hangs up on all of them. What was on its way to those who do not read stays with the kernel."""
    def trickle():
        for s in people[1]:
            try:
                s.send(b"x")
            except OSError:
                pass
        time.sleep(0.3)
        return server.descriptors() <= descriptors
    until("the server to hang up", trickle, 2 * PATIENCE)
    server.alive()
    for s in people[0] + people[1]:
        s.close()


def ends_at_once(folder):
    """SIGTERM, with people in every state."""
    server = Server(os.path.join(folder, "large.pcap"), os.path.join(folder, "many.events"))
    try:
        server.alive()
        until("all events", lambda: all_read(server))
        people = [begin() for begin in states(server).values() for _ in range(10)]
        server.stop()
        for s in people:
            s.close()
    finally:
        server.kill()


def no_such_address():
    for where in ("192.0.2.77:0", "[2001:db8::77]:0", "nobody.invalid:0"):
        done = subprocess.run([EVE, "serve", "--listen", where], capture_output=True, text=True, timeout=PATIENCE, check=False)
        check(done.returncode == 69 and not done.stdout and where.rsplit(":", 1)[0] in done.stderr, where, done)


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    probe = subprocess.run([EVE, "serve", "--listen", "127.0.0.1:99999"], capture_output=True, text=True, timeout=PATIENCE, check=False)
    if "without libmicrohttpd" in probe.stderr:
        print("this eve was built without libmicrohttpd")
        sys.exit(77)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        session = capture(os.path.join(folder, "large.pcap"), 64)
        events(os.path.join(folder, "many.events"), session, 10000, "x" * 1000)
        sources = [os.path.join(folder, name) for name in ("large.pcap", "many.events")]
        server, patient = Server(*sources), Server(*sources)
        try:
            until("all events", lambda: all_read(server) and all_read(patient))
            json.loads(server.ask("/save/run.json")[1])
            alone, people = patient.descriptors(), stallers(patient)
            parts = [no_such_address, lambda: pipelined(server), lambda: no_upgrades(server), lambda: too_much(server),
                     lambda: half_closed_readers(server), lambda: slow_readers(server), lambda: nothing_is_left(server),
                     lambda: full_house(server), lambda: half_open(server), lambda: held_house(folder), lambda: server.stop(), lambda: many_messages(folder), many_sessions,
                     lambda: many_foreign_sessions(folder), lambda: ends_at_once(folder),
                     lambda: let_go(patient, people, alone), lambda: patient.stop()]
            names = ["no such address", "pipelined", "no upgrades", "too much", "half-closed readers", "slow readers",
                     "nothing is left", "full house", "half-open", "held house", "stop", "many messages", "many sessions",
                     "many foreign sessions", "ends at once", "stallers are let go", "stop again"]
            wanted = [name for name in sys.argv[2:] if not name.startswith("--")]
            for name, part in zip(names, parts):
                if wanted and name not in wanted:
                    continue
                start = time.monotonic()
                try:
                    part()
                    print("ok    %-24s %.1f s" % (name, time.monotonic() - start), flush=True)
                except (Failed, OSError) as e:
                    failed += 1
                    print("FAIL  %s: %s" % (name, e), flush=True)
        finally:
            server.kill()
            patient.kill()
    sys.exit(failed != 0)


main()
