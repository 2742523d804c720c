#!/usr/bin/env python3
"""run.py BOB_PROGRAM: lets alice.py, which was written from proto/WIRE.md alone, agree with the real Bob, and compares
what both say of the key and the fingerprint. Exit 0: all equal; 1: not; 77: numpy or libsodium is missing."""

import base64
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading

SKIP = 77
HERE = os.path.dirname(os.path.abspath(__file__))
ALICE = os.path.join(HERE, "alice.py")
CHECKS = (("n64", False, ""), ("n256", False, ""), ("n64", True, ""), ("n64", False, "a"), ("n64", False, "b"),
          ("n64", True, "ab"), ("r509", False, ""), ("r1019", True, "ab"), ("r13109", False, ""), ("l32", False, ""),
          ("l64", True, "ab"), ("l96", False, ""),
          ("l640", False, ""))  # set, whether to re-key, who has an identity that the other has pinned
# What is wrong with the first chunk (alice.py --spoil): Bob answers Abort 1.
SPOILED = (("r509", "first-unused-bit"), ("r509", "last-unused-bit"), ("r509", "byte-short"), ("r509", "byte-long"),
           ("r1019", "first-unused-bit"), ("r1019", "last-unused-bit"), ("l32", "byte-short"), ("l32", "byte-long"),
           ("l96", "two-bytes-short"), ("l96", "two-bytes-long"), ("l96", "empty"))
ABORT_1 = "alice.py: Bob aborted: protocol violation"
TIMEOUT_S = 300
PORT_TRIES = 3


class Failed(Exception):
    pass


class PortTaken(Exception):
    pass


def find_python():
    """An interpreter that can run alice.py: the one that runs this, or else the system's."""
    why = ""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            run = subprocess.run([python, ALICE, "--help"], capture_output=True, text=True)
        except OSError:
            continue
        if run.returncode == 0:
            return python
        if run.returncode != SKIP:
            sys.exit("run.py: alice.py does not start: %s" % run.stderr.strip())
        why = why or run.stderr.strip()
    print("skipped: %s" % why)
    sys.exit(SKIP)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def words_of(text):
    return re.findall(r"[a-z]+", text.lower())


def contains(words, part):
    return any(words[i:i + len(part)] == part for i in range(len(words) - len(part) + 1))


def read_text(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()
    except FileNotFoundError:
        return ""


def new_identity(bob_program, folder, name):
    path = os.path.join(folder, name + ".id")
    public = subprocess.run([bob_program, "--new-identity", path], stdout=subprocess.PIPE, text=True, check=True)
    return path, public.stdout.strip()


def talk(python, bob_program, params, rekey, who, folder, spoil=None):
    """One session. With `spoil`, nothing but Bob's refusal ends it well. Returns (what Alice reported, Bob's key file, his events, his standard error)."""
    port = free_port()
    for_alice, for_bob = [], []
    if "a" in who:
        path, public = new_identity(bob_program, folder, "a")
        for_alice += ["--identity", path]
        for_bob += ["--peer", public]
    if "b" in who:
        path, public = new_identity(bob_program, folder, "b")
        for_bob += ["--identity", path]
        for_alice += ["--peer", public]
    key_file, events_file, errors_file = (os.path.join(folder, f) for f in ("key", "events", "stderr"))
    with open(errors_file, "wb") as errors:
        bob = subprocess.Popen(
            [bob_program, "--listen", "127.0.0.1:%d" % port, "--params", params, "--once", "--key-out", key_file,
             "--events", events_file] + for_bob,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors)
    alice = None
    watchdog = threading.Timer(TIMEOUT_S, lambda: [p.kill() for p in (alice, bob) if p is not None])
    watchdog.start()
    try:
        alice = subprocess.Popen(
            [python, ALICE, "--port", str(port), "--params", params, "--wait", "60", "--say", "from the other Alice\n"] +
            (["--rekey"] if rekey else []) + (["--spoil", spoil] if spoil else []) + for_alice,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        facts = {}
        # Bob's end mark must not come before the re-keying: his standard input stays open until then.
        last_step = "rekeyed" if rekey else "name"
        for line in alice.stdout:
            name, _, value = line.rstrip("\n").partition(": ")
            facts[name] = value
            if name == last_step:
                bob.stdin.close()
        complaint = alice.stderr.read().strip()
        alice.wait()
        if not bob.stdin.closed:
            bob.stdin.close()
        if "session" not in facts and bob.poll() not in (None, 0) and "connect" in complaint:
            raise PortTaken(read_text(errors_file).strip())
        if spoil:
            if complaint != ABORT_1:
                raise Failed("Alice says %r instead of %r" % (complaint, ABORT_1))
            if bob.wait() == 0:
                raise Failed("Bob ends with 0")
        elif alice.returncode != 0:
            raise Failed("Alice: %s; Bob: %s" % (complaint or "exit %d" % alice.returncode,
                                                 read_text(errors_file).strip()))
        code = bob.wait()
        if code != 0 and not spoil:
            raise Failed("Bob ends with %d: %s" % (code, read_text(errors_file).strip()))
        return facts, read_text(key_file), read_text(events_file), read_text(errors_file)
    finally:
        watchdog.cancel()
        for process in (alice, bob):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


def talk_somewhere(*arguments, **options):
    """talk() at a port that is free."""
    for attempt in range(PORT_TRIES):
        with tempfile.TemporaryDirectory() as folder:
            try:
                return talk(*arguments, folder, **options)
            except PortTaken as e:
                if attempt == PORT_TRIES - 1:
                    raise Failed("Bob does not listen: %s" % e)


def refuses(python, bob_program, params, spoil):
    _, key, events, errors = talk_somewhere(python, bob_program, params, False, "", spoil=spoil)
    if key:
        raise Failed("Bob has written a key")
    return errors.strip().splitlines()[-1]


def check(python, bob_program, params, rekey, who):
    facts, key, events, errors = talk_somewhere(python, bob_program, params, rekey, who)
    if rekey and facts.get("rekeyed") != "true":
        raise Failed("the re-keying was void")
    # Bob's file holds the key in force.
    mine = facts["new_key_base64" if rekey else "key_base64"]
    if key != mine + "\n":
        raise Failed("the key differs: Alice %s, Bob %r" % (mine, key))
    if len(base64.b64decode(key)) != 32:
        raise Failed("the key has not 32 bytes")
    mine = words_of(facts["fingerprint"])
    if not contains(words_of(errors), mine):
        raise Failed("the fingerprint %s is not in what Bob shows: %s" % (" ".join(mine), errors.strip()))
    confirmed = [e for e in map(json.loads, events.splitlines()) if e.get("event") == "confirmed"]
    if not confirmed:
        raise Failed("Bob's events have no \"confirmed\"")
    if confirmed[0]["authenticated"] != ("a" in who):
        raise Failed("Bob says authenticated: %s" % confirmed[0]["authenticated"])
    if (facts["bob"] != "none") != ("b" in who):
        raise Failed("Alice says of Bob: %s" % facts["bob"])
    # A re-keying confirms a second time; the fingerprint stays.
    for event in confirmed:
        theirs = event.get("fingerprint", "")
        if words_of(theirs) != mine:
            raise Failed("the fingerprint differs: Alice %s, Bob's events %s" % (" ".join(mine), theirs))
    return " ".join(mine)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: run.py BOB_PROGRAM")
    python = find_python()
    failed = 0

    def report(what, function, *arguments):
        nonlocal failed
        try:
            print("ok: %s (%s)" % (what, function(python, sys.argv[1], *arguments)))
        except (Failed, OSError, ValueError, KeyError) as e:
            failed += 1
            print("FAILED: %s: %s: %s" % (what, type(e).__name__, e))
        sys.stdout.flush()

    for params, rekey, who in CHECKS:
        report("%s%s%s: same key, same fingerprint" % (params, " with a re-keying" if rekey else "",
                                                        " with identities: " + who if who else ""), check, params, rekey, who)
    for params, spoil in SPOILED:
        report("%s, chunk with %s: Abort 1" % (params, spoil), refuses, params, spoil)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
