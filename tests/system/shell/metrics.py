"""What bob tells of himself: --metrics for Prometheus, --status for a person; and clients there who mean no good."""

import contextlib
import os
import re
import shutil
import signal
import socket
import stat
import subprocess

from parley import N64, Program, Skip, agree, check, equal, path, run, split_address, start_alice, start_bob, wait_until, write

with contextlib.suppress(ImportError):  # another opinion, where there is one
    from prometheus_client.parser import text_string_to_metric_families as families_of

NAME = r"parley_[a-z_]+"


def metrics_at(bob):
    """Where he listens; skips where he was built without."""
    wait_until(lambda: "Metrics at" in bob.stderr or not bob.running(), 20, "bob to listen")
    if "libmicrohttpd" in bob.stderr:
        raise Skip("bob was built without libmicrohttpd")
    return re.search(r"http://(\S+)/metrics", bob.stderr)[1]


def start(*options, **more):
    bob = start_bob(*N64, "--metrics", ":0", *options, wait=False, **more)
    bob.where = metrics_at(bob)
    bob.address = bob.event("listening")["address"]
    return bob


def ask(bob, request=b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"):
    with socket.create_connection(split_address(bob.where), timeout=30) as s:
        s.sendall(request)
        data = b""
        while True:
            more = s.recv(65536)
            if not more:
                return data.decode()
            data += more


def numbers(bob):
    """{name with labels: value}, from a text that has the form that Prometheus asks for."""
    head, _, text = ask(bob).partition("\r\n\r\n")
    check(head.startswith("HTTP/1.1 200 "), head)
    check("text/plain; version=0.0.4" in head, head)
    found, typed, helped = {}, {}, set()
    check(text.endswith("\n"), "no newline at the end")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            helped.add(line.split(" ", 3)[2])
        elif line.startswith("# TYPE "):
            name, kind = line.split(" ")[2:]
            check(name not in typed and kind in ("gauge", "counter"), line)
            typed[name] = kind
        else:
            match = re.fullmatch(r'(%s)((?:\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})?) ([0-9.e+-]+)' % NAME, line)
            check(match, "no sample:", line)
            check(match[1] in typed and match[1] in helped, "a sample before its family:", line)
            equal(typed[match[1]], "counter" if match[1].endswith("_total") else "gauge", "the kind of " + match[1])
            check(match[1] + match[2] not in found, "twice:", line)
            found[match[1] + match[2]] = float(match[3])
    if "families_of" in globals():
        read_by_prometheus(text, found)
    return found


def read_by_prometheus(text, found):
    """Its own readers find the same, and have nothing against the names."""
    theirs = {}
    for family in families_of(text):
        check(family.type in ("gauge", "counter") and family.documentation, family)
        for sample in family.samples:
            labels = ",".join('%s="%s"' % pair for pair in sample.labels.items())
            theirs[sample.name + ("{%s}" % labels if labels else "")] = sample.value
    equal(theirs, found, "what prometheus_client reads")
    if shutil.which("promtool"):
        lint = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=300)
        check(lint.returncode == 0, lint.stdout, lint.stderr)


def counted():
    write("bob.conf", b"")
    keys = {}
    for name in ("ann", "bob"):
        program = Program("alice", ["--new-identity", path(name + ".id")], events=False)
        program.wait(0)
        keys[name] = program.output.decode().strip()
    write("bob.conf", ("[peer ann]\nkey = %s\nfile = %s\nhook = test ! -e %s\n" % (keys["ann"], path("key"), path("fail"))).encode())
    os.chmod(path("bob.conf"), 0o600)
    bob = start("--config", path("bob.conf"), "--identity", path("bob.id"))
    check(split_address(bob.where)[0] == "127.0.0.1", "without a host he listens at", bob.where)
    check("parley_key_age_seconds{" not in ask(bob), "an age before there is a key")
    ann = start_alice(bob, *N64, "--identity", path("ann.id"), "--peer", keys["bob"], "--rekey", "0.2", stdin="pipe")
    ann.event("confirmed", count=4)
    open_now = numbers(bob)
    equal(open_now['parley_sessions{state="open"}'], 1, "open sessions")
    equal(open_now['parley_agreements_total{set="n64"}'], 1, "agreements")
    check(open_now['parley_keys_total{set="n64"}'] >= 3, open_now)
    check(0 <= open_now['parley_key_age_seconds{peer="ann"}'] < 60, open_now)
    check(open_now["parley_memory_bytes"] > 1e6 and open_now["parley_uptime_seconds"] > 0, open_now)
    ann.stdin.close()
    ann.wait(0)
    start_alice(bob, *N64).wait(1)  # a stranger
    start_alice(bob, "--params", "r509").wait(None)
    write("fail", b"")
    start_alice(bob, *N64, "--identity", path("ann.id"), "--peer", keys["bob"], stdin="pipe").wait(74)
    bob.event("closed", count=4)
    equal(len(bob.all("closed")), 4, "sessions that ended")

    def after():
        now = numbers(bob)
        ended = {name: value for name, value in now.items() if name.startswith("parley_sessions_ended_total")}
        return now if sum(ended.values()) == 4 and now['parley_sessions{state="open"}'] == 0 else None
    now = wait_until(after, 20, "four sessions that ended, and none that is open")
    equal(now['parley_sessions_ended_total{outcome="done",step="open"}'], 1, "sessions that went well")
    equal(now['parley_sessions_ended_total{outcome="broken",step="open"}'], 1, "sessions that were given up")
    equal(now["parley_hook_failures_total"], 1, "commands that failed")
    equal(now['parley_peer_keys_total{peer="ann"}'], now['parley_keys_total{set="n64"}'], "keys with ann")
    said = now['parley_agreement_seconds_total{set="n64"}']
    confirmed = [e["seconds"] for e in bob.all("confirmed") if "seconds" in e]
    check(said > 0 and (not confirmed or said >= min(confirmed)), "seconds", said)


def for_a_person():
    bob = start_bob(*N64, "--status-socket", path("s"))
    equal(stat.S_IMODE(os.stat(path("s")).st_mode), 0o600, "mode of the socket")
    start_alice(bob, "--params", "r509").wait(69)
    bob.event("closed")

    def status():
        asked = Program("bob", ["--status", path("s")], events=False)
        asked.wait(0)
        return asked.output.decode()
    wait_until(lambda: "0 open" in status(), 60, "her connection to be closed")
    text = status()
    check("\nended: refused 1\n" in text, text)
    agree(bob)
    bob.event("closed", count=2)
    wait_until(lambda: "0 open" in status(), 60, "her connection to be closed")
    text = status()
    check("\nended: done 1, refused 1\n" in text and "n64: 1 keys" in text, text)
    bob.signal(signal.SIGUSR1)
    wait_until(lambda: "status: n64: 1 keys" in bob.stderr, 20, "what bob says of himself")
    second = start_bob(*N64, "--status-socket", path("s"), wait=False)
    second.wait(74)
    second.one_error("another bob is there")
    check(bob.running(), "the first has gone")
    idle = [socket.socket(socket.AF_UNIX) for _ in range(40)]
    for s in idle:
        with contextlib.suppress(OSError):
            s.connect(path("s"))
    for s in idle:
        s.close()
    bob.kill()
    nobody = Program("bob", ["--status", path("s")], events=False)
    nobody.wait(69)
    nobody.one_error("no bob is there")
    write("file", b"precious")
    for name, status, what in (("s", None, ""), ("file", 74, "another bob is there"), ("no/folder", 74, "No such file")):
        bob = start_bob(*N64, "--status-socket", path(name), wait=status is None)
        if status:
            bob.wait(status)
            bob.one_error(what)
    with open(path("file"), "rb") as f:
        equal(f.read(), b"precious", "a file that was there")


def who_mean_no_good():
    """Garbage, large requests, silence, by the hundred: alices come in all the same, and so does who asks properly."""
    bob = start("--max-sessions", "20")
    before = numbers(bob)["parley_memory_bytes"]
    for request in (b"\0" * 100 + b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
                    b"GET /metrics/../metrics HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n"):
        with contextlib.suppress(ConnectionError):
            check(" 200 " not in ask(bob, request).split("\r\n")[0], "an answer to", request[:50])
    held = []
    for i in range(500):
        s = socket.socket()
        s.settimeout(0.2)
        with contextlib.suppress(OSError):
            s.connect(split_address(bob.where))
            if i % 2:
                s.sendall(b"GET /metrics HT")
            held.append(s)
    for _ in range(3):
        agree(bob)
    bob.event("closed", count=3)
    now = wait_until(lambda: attempt(bob), 60, "an answer beside %d others" % len(held))
    equal(now['parley_sessions_ended_total{outcome="done",step="open"}'], 3, "sessions that went well")
    check(now["parley_memory_bytes"] - before < 60e6, "memory grew by", now["parley_memory_bytes"] - before)
    for s in held:
        s.close()
    equal(bob.errors, [], "errors of bob")


def attempt(bob):
    try:
        return numbers(bob)
    except (OSError, AssertionError):  # also where he had no place for who asks
        return None


def wrong_options():
    for options in (("--metrics", "9100"), ("--metrics", ":x"), ("--once", "--metrics", ":0"), ("--once", "--status-socket", "s")):
        bob = start_bob(*options, wait=False)
        bob.wait(64)
        bob.one_error("--")
    bob = start()
    second = start_bob("--metrics", bob.where, wait=False)
    second.wait(69)
    second.one_error("--metrics", bob.where)


run(counted, for_a_person, who_mean_no_good, wrong_options)
