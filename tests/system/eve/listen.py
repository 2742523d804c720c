"""Eve listens: what alice and bob say of a session in their events, she finds in a capture, however it was made."""

import contextlib
import fcntl
import json
import os
import random
import resource
import socket
import struct
import subprocess
import sys
import threading
import time
import zipfile

import pcap
from eve import EVE, Eve, check, eve, inspect, like_a_coin, missed_by, path, start_tap, tshark
from parley import (N64, Skip, equal, key_of, later, listen, nobody_there, patience, read, run, split_address, start_alice,
                    start_bob, wait_until, write)

SANITIZED = "--sanitized" in sys.argv
LINES = b"one\ntwo\n"


def session_through_tap(*arguments, bob=(), capture="tap.pcap", lines=LINES, params=N64, alice_lines=b"from alice\n"):
    """One conversation through eve tap: its alice and bob, ended."""
    server = start_bob("--once", *params, "--key-out", path("bob.key"), *bob, stdin=lines)
    tap = start_tap(server, capture, "--once")
    alice = start_alice(tap.address, *params, "--key-out", path("alice.key"), *arguments, stdin=alice_lines)
    alice.wait(0)
    server.wait(0)
    tap.wait(0)
    return alice, server


def only_session(capture):
    found = inspect(path(capture))
    equal(len(found["sessions"]), 1, "sessions in " + capture)
    return found["sessions"][0]


def check_against_events(session, program):
    """What inspect shows is what a side's events say."""
    steps = program.all("step", rekey=False)
    expected = [(e["step"], e["attempt"], e["bytes"]) for e in steps]
    found = [(s["step"], s["attempt"], s["bytes"]) for s in session["steps"]
             if s["step"] != "A3" or s["attempt"] == session["attempts"]]  # a failed one is told as an event of its own
    equal(sorted(found), sorted(expected), "steps")
    confirmed = program.event("confirmed")
    equal(session["fingerprint"], confirmed["fingerprint"], "fingerprint")
    equal(session["session"], confirmed["session"], "session")
    equal(session["params"], confirmed["params"], "params")
    both = session["alice"]["bytes"] + session["bob"]["bytes"]
    sealed = session["alice"]["sealed_bytes"] + session["bob"]["sealed_bytes"]
    equal(both, 16 + sealed + sum(s["bytes"] for s in session["steps"]), "bytes of the connection")
    check(session["complete"] and session["problem"] is None, session["problem"])
    check(session["commitment_holds_alice"] and session["commitment_holds_bob"], "a commitment does not hold")


def inspect_agrees_with_events():
    for params in ("n64", "n256", "n1024"):
        alice, bob = session_through_tap(params=("--params", params), capture=params + ".pcap")
        session = only_session(params + ".pcap")
        check_against_events(session, alice)
        check_against_events(session, bob)
        equal(session["attempts"], 1, "attempts")
        check(session["alice"]["sealed_messages"] >= 3 and session["bob"]["sealed_messages"] >= 3, "sealed messages")
        check(session["alice"]["end"] == session["bob"]["end"] == "closed", "how it ended")


def attempts_are_one_session():
    alice, bob = session_through_tap("--fail-learning", "2")
    session = only_session("tap.pcap")
    check_against_events(session, alice)
    equal(session["attempts"], 3, "attempts")


def the_key_opens_the_chat():
    session_through_tap()
    for key in ("alice.key", "bob.key"):
        shown = eve("read", path("tap.pcap"), "--key", path(key))
        equal(sorted(shown.splitlines()[1:]), ["Alice: from alice", "Bob: one", "Bob: two"], "the chat")
    equal(eve("read", path("tap.pcap"), "--key", path("alice.key"), "--from", "bob", text=False), LINES, "Bob's bytes")
    wrong = bytearray(read("alice.key"))
    wrong[3] = ord("B" if wrong[3] != ord("B") else "C")  # a letter, so that it stays base64
    write("wrong.key", bytes(wrong))
    equal(eve("read", path("tap.pcap"), "--key", path("wrong.key"), status=1), "", "what a wrong key shows")
    write("no.key", b"not a key\n")
    eve("read", path("tap.pcap"), "--key", path("no.key"), status=65)


def terminal_text_is_escaped():
    session_through_tap(lines=b"\x1b[31mred \xff\n")
    shown = eve("read", path("tap.pcap"), "--key", path("alice.key"))
    check("Bob: \\x1b[31mred \\xff" in shown, shown)


def rekeyed_sessions():
    bob = start_bob("--once", *N64, stdin="pipe")
    tap = start_tap(bob, "tap.pcap", "--once")
    alice = start_alice(tap.address, *N64, "--rekey", "0.3", "--keylog", path("log"), stdin="pipe")
    alice.stdin.write(b"before\n")
    alice.event("confirmed", count=2)
    alice.stdin.write(b"after\n")
    time.sleep(0.5)
    alice.stdin.close()
    bob.stdin.close()
    alice.wait(0)
    bob.wait(0)
    tap.wait(0)
    shown = eve("read", path("tap.pcap"), "--keylog", path("log"))
    equal(shown.splitlines()[1:], ["Alice: before", "Alice: after"], "the chat")
    first, *others = read("log").splitlines(True)
    check(others, "no re-keying in the log")
    write("first.log", first)
    shown = eve("read", path("tap.pcap"), "--keylog", path("first.log"), status=1)
    equal(shown.splitlines()[1:], ["Alice: before"], "the chat under the first key")
    check("re-keyed" in eve.said and "stay sealed" in eve.said, eve.said)
    write("last.key", others[-1].split()[1] + b"\n")
    eve("read", path("tap.pcap"), "--key", path("last.key"), status=1)


def many_sessions_at_once():
    bob = start_bob(*N64)
    tap = start_tap(bob, "tap.pcap")
    alices = [start_alice(tap.address, *N64, "--agree-only") for _ in range(4 if SANITIZED else 20)]
    for alice in alices:
        alice.wait(0)

    def all_written():
        text = eve("inspect", path("tap.pcap"), "--json", status=None)  # its last packet may be half there
        found = json.loads(text)["sessions"] if text.endswith("}\n") else []
        return len(found) == len(alices) and all(s["alice"]["end"] == s["bob"]["end"] == "closed" for s in found)
    wait_until(all_written, 60, "all ends to be written")
    tap.process.terminate()
    tap.wait(0)
    sessions = {s["session"]: s for s in inspect(path("tap.pcap"))["sessions"]}
    equal(len(sessions), len(alices), "sessions")
    for alice in alices:
        check_against_events(sessions[alice.event("confirmed")["session"]], alice)


# ---- captures of other tools

FACTS = ("session", "params", "complete", "transcript", "transcript_alice", "transcript_bob", "fingerprint", "hash",
         "matrix_seed", "challenge_seed", "commitment_alice", "commitment_bob", "commitment_holds_alice",
         "commitment_holds_bob", "r_alice", "r_bob", "mac_alice", "mac_bob", "steps", "samples")


def facts(session):
    found = {name: session[name] for name in FACTS}
    found["steps"] = [(s["step"], s["bytes"], s["frames"], s["done"]) for s in session["steps"]]
    return found


def captures_of_other_tools():
    session_through_tap()
    other = pcap.read(read("tap.pcap"))
    session_through_tap(params=("--params", "n128"))
    packets = pcap.read(read("tap.pcap"))
    expected = facts(only_session("tap.pcap"))
    small = pcap.cut(packets, 1448)
    port = split_address(only_session("tap.pcap")["alice"]["address"])[1]
    rng = random.Random(1)

    def near(items, reach):
        return [p for _, p in sorted((i + rng.uniform(0, reach), p) for i, p in enumerate(items))]

    handshake, rest = packets[:3], packets[3:]
    variants = {
        "raw": pcap.write(packets),
        "big-endian": pcap.write(packets, order=">"),
        "microseconds": pcap.write(packets, nano=False),
        "big-endian microseconds": pcap.write(packets, order=">", nano=False),
        "pcapng": pcap.write_ng(packets),
        "big-endian pcapng": pcap.write_ng(packets, order=">"),
        "Ethernet": pcap.write(pcap.wrapped(small, pcap.ETHERNET), pcap.ETHERNET),
        "VLAN": pcap.write(pcap.wrapped(small, pcap.ETHERNET, vlan=True), pcap.ETHERNET),
        "cooked v1": pcap.write(pcap.wrapped(small, pcap.COOKED), pcap.COOKED),
        "cooked v2": pcap.write(pcap.wrapped(small, pcap.COOKED2), pcap.COOKED2),
        "loopback": pcap.write(pcap.wrapped(small, pcap.NULL), pcap.NULL),
        "out of order": pcap.write(packets[:3] + near(small[3:], 6)),
        "repeated": pcap.write(near(small + small[3:], 0)),
        "overlapping": pcap.write(handshake + near(pcap.cut(rest, 700) + pcap.cut(rest, 1100), 0)),
        "each packet twice": pcap.write([p for p in small for _ in range(2)]),
        "begun in mid-stream": pcap.write(rest),
        "without SYN-ACK": pcap.write(packets[:1] + packets[2:]),
        "one direction first": pcap.write(sorted(packets, key=lambda p: pcap.ports(p[1])[0] != port)),
        "the other direction first": pcap.write(sorted(packets, key=lambda p: pcap.ports(p[1])[0] == port)),
    }
    for by in (0x40000000, 0x80000000, 0xc0000000):
        variants["shifted by %x" % by] = pcap.write(pcap.shifted(small, port, by))
    for i in range(4):
        first = pcap.numbers(packets[0][1])[0]
        variants["wrap %d" % i] = pcap.write(pcap.shifted(small, port, (-first - 10 - 3000 * i) & 0xffffffff))
    for name, data in variants.items():
        write("variant.pcap", data)
        session = only_session("variant.pcap")
        equal(facts(session), expected, name)
    # a gap that the tests above must not have: one data segment of A2 missing
    sizes = [len(p) for _, p in small]
    lost = sizes.index(max(sizes)) + 2
    write("variant.pcap", pcap.write(small[:lost] + small[lost + 1:]))
    session = only_session("variant.pcap")
    check(not session["complete"] and session["alice"]["missing"] > 0, "a lost segment is not noticed")
    check("missing" in session["problem"], session["problem"])
    equal([s["step"] for s in session["steps"] if s["done"]], ["A1", "B1", "B2", "A3", "B3", "A4", "B4"],
          "steps that are still known")
    equal(session["labels"], expected["samples"], "labels")
    check(session["alice"]["sealed_messages"] > 0, "what comes behind the gap is not read")
    learned = json.loads(eve("learn", path("variant.pcap"), "--budget", "5", "--json", status=65))
    (session,) = learned["sessions"]
    equal((session["params"], session["samples"], session["key_recovered"], session["key"]), ("n128", None, False, None),
          "an incomplete session")
    equal((session["n"], session["theta"], session["secret"]), (None, None, None), "an incomplete session")
    learner = session["learners"][0]
    equal((learner["name"], learner["status"], learner["risk"]), ("isd", "not-applicable", None), "learner")
    check("incomplete" in learner["reason"] and "missing" in learner["reason"], learner)
    # beside one that is complete: both are told of, and the status is the other's
    write("both.pcap", pcap.write(small[:lost] + small[lost + 1:] + other))
    learned = json.loads(eve("learn", path("both.pcap"), "--budget", "60", "--json"))
    equal(sorted((s["params"], s["key_recovered"]) for s in learned["sessions"]), [("n128", False), ("n64", True)],
          "sessions")
    # cut off by a short snap length
    write("variant.pcap", pcap.write(small, snaplen=200))
    session = only_session("variant.pcap")
    check(not session["complete"] and session["params"] == "n128", "a short snap length")


def an_oracle():
    """tshark finds the same connections, bytes and frames."""
    alice, _ = session_through_tap(params=("--params", "n256"))
    session = only_session("tap.pcap")
    rows = tshark("tap.pcap", "-q", "-z", "conv,tcp")
    check(any("<->" in " ".join(row) for row in rows), "tshark finds no connection")
    rows = tshark("tap.pcap", "-Y", "tcp.len > 0", "-T", "fields", "-e", "tcp.srcport", "-e", "tcp.len")
    port = split_address(session["alice"]["address"])[1]
    equal(sum(int(n) for p, n in rows if int(p) == port), session["alice"]["bytes"], "Alice's bytes")
    equal(sum(int(n) for p, n in rows if int(p) != port), session["bob"]["bytes"], "Bob's bytes")
    rows = tshark("tap.pcap", "-Y", "tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0",
                  "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-e", "frame.number")
    equal(rows, [], "what tshark finds wrong with the packets")
    rows = tshark("tap.pcap", "-Y", "parley", "-T", "fields", "-e", "parley.step", "-e", "parley.length", "-e",
                  "parley.session", "-e", "parley.params", "-e", "_ws.malformed", "-e", "parley.malformed")
    sizes, ids, names = {}, set(), set()
    for steps, lengths, ident, params, *bad in rows:
        check(not any(bad), "tshark finds a malformed frame")
        for step, length in zip(steps.split(","), lengths.split(",")):
            if step:
                sizes[step[:2]] = sizes.get(step[:2], 0) + 4 + int(length)
        ids |= {ident} - {""}
        names |= set(params.split(",")) - {""}
    equal(ids, {session["session"]}, "session id in tshark")
    equal(names, {"n256"}, "parameter set in tshark")
    for step in session["steps"]:
        equal(sizes[step["step"]], step["bytes"], "bytes of %s in tshark" % step["step"])
    equal(sizes["Se"], session["alice"]["sealed_bytes"] + session["bob"]["sealed_bytes"], "sealed bytes in tshark")


def tasks_in_the_oracle():
    """What A2, B2 and B3 hold is told in the task's terms, with its labels in bits or in numbers of two bytes."""
    for params, task, chunks in (("n64", "lpn", ["1152 composed vectors, 64 bits of each"]),
                                 ("r509", "ring", ["the composed element x + h y, 509 bits"]),
                                 ("l96", "lwe", ["columns 0 to 63 of 96 composed vectors, two bytes each",
                                                 "columns 64 to 95 of 96 composed vectors, two bytes each"])):
        capture = params + ".pcap"
        session_through_tap(params=("--params", params), capture=capture)
        session = only_session(capture)
        equal([session["task"], session["experimental"]], [task, task != "lpn"], "task of " + params)
        said = eve("inspect", path(capture))
        check("Task %s%s: its secrecy rests on %s; the set is a toy" %
              (task, ", experimental" if task != "lpn" else "", session["rests_on"]) in said, said)
        rows = tshark(capture, "-Y", "parley.task", "-T", "fields", "-E", "aggregator=;", *(word for field in (
            "step", "task", "experimental", "content", "n_labels", "labels", "label") for word in ("-e", "parley." + field)))
        contents, counts, labels = [], {}, []
        for steps, tasks, experimental, content, count, raw, values in rows:
            equal(set(tasks.split(";")), {task}, "task of " + params)
            equal({word.lower() in ("1", "true") for word in experimental.split(";")}, {task != "lpn"}, "experimental")
            if count:
                counts[steps[:2]] = int(count)
            if steps[:2] == "A2":
                contents += content.split(";") if content else []  # chunks may share a packet
            if steps[:2] == "B2" and task == "lwe":
                data = bytes.fromhex(raw)
                labels = [int(word) for word in values.split(";")]
                equal(labels, [int.from_bytes(data[2 * i:2 * i + 2], "little") for i in range(32)], "labels of two bytes")
        equal(contents, chunks, "chunks of " + params)
        equal(counts, {"B2": session["labels"], "B3": session["challenges"]}, "labels of " + params)
        check(labels or task != "lwe", "no label is shown")
        name = params.encode()  # a set of size 0, which anybody can write there
        odd = name[:1] + b"0" * (len(name) - 1)
        write("odd.pcap", read(capture).replace(b"\n%c%s" % (len(name), name), b"\n%c%s" % (len(name), odd)))
        equal(len(tshark("odd.pcap", "-Y", "parley.params ~ \"^.0+$\"")), 2, "packets with a set of size 0")
        equal(tshark("odd.pcap", "-Y", "parley.task || _ws.lua.error"), [], "what is said of a set of size 0")


def sniffing_on_loopback():
    if not EVE or os.geteuid() != 0:
        raise Skip("live capture needs root or cap_net_raw")
    bob = start_bob("--once", *N64, stdin=LINES)
    port = split_address(bob.address)[1]
    tool = Eve("sniff", "--interface", "lo", "--port", port, "--write", path("lo.pcap"))
    wait_until(lambda: "capturing" in tool.stderr or tool.process.poll() is not None, 10, "sniff to begin")
    if tool.process.poll() == 77:
        raise Skip("no privilege to capture here")
    with open("/proc/%d/status" % tool.process.pid, encoding="ascii") as f:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
    check("0" not in status["Uid"].split(), "sniff still runs as root")
    equal(int(status["CapEff"], 16) | int(status["CapPrm"], 16), 0, "capabilities of sniff")
    tap = start_tap(bob, "tap.pcap", "--once")
    alice = start_alice(tap.address, *N64, "--key-out", path("alice.key"), stdin=b"hi\n")
    alice.wait(0)
    tap.wait(0)
    bob.wait(0)

    def all_captured():
        text = eve("inspect", path("lo.pcap"), "--json", status=None)  # its last packet may be half there
        found = json.loads(text)["sessions"] if text.endswith("}\n") else []
        return found and found[0]["complete"] and found[0]["alice"]["end"] == found[0]["bob"]["end"] == "closed"
    with contextlib.suppress(AssertionError):  # then it is told what is missing
        wait_until(all_captured, 60, "the packets")
    tool.process.terminate()
    tool.wait(0)
    equal(facts(only_session("lo.pcap")), facts(only_session("tap.pcap")), "what sniff and tap have seen")
    shown = eve("read", path("lo.pcap"), "--key", path("alice.key"))
    check("Alice: hi" in shown and "Bob: two" in shown, shown)


# ---- hostile captures

def limits():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))


def survive(data, what):
    """inspect ends by itself, with a status of its own, in reasonable time and memory."""
    write("hostile.pcap", data)
    done = subprocess.run([EVE, "inspect", path("hostile.pcap"), "--json"], capture_output=True, timeout=patience(60),
                          preexec_fn=limits, check=False)
    said = done.stderr.decode(errors="replace")
    check(done.returncode in (0, 65), what, "status", done.returncode, said[-2000:])
    check("Sanitizer" not in said and "runtime error" not in said, said[-3000:])
    if done.returncode == 0:
        json.loads(done.stdout)


def hostile_captures():
    session_through_tap()
    data = read("tap.pcap")
    packets = pcap.read(data)
    forms = [data, pcap.write_ng(packets), pcap.write(pcap.wrapped(pcap.cut(packets, 500), pcap.ETHERNET), pcap.ETHERNET)]
    seed = int(os.environ.get("PARLEY_TEST_SEED", random.randrange(1 << 32)))
    print("PARLEY_TEST_SEED=%d" % seed)
    rng = random.Random(seed)
    for _ in range(15 if SANITIZED else 60):
        form = rng.choice(forms)
        survive(form[:rng.randrange(len(form))], "cut off")
        flipped = bytearray(form)
        for _ in range(rng.choice((1, 5, 50, 500))):
            flipped[rng.randrange(len(flipped) if rng.randrange(2) else min(len(flipped), 2000))] ^= 1 << rng.randrange(8)
        survive(bytes(flipped), "flipped")
        # only headers lie, the file itself is sound
        lying = []
        for when, packet in packets:
            packet = bytearray(packet)
            if rng.randrange(3) == 0:
                for _ in range(rng.randrange(4)):
                    packet[rng.randrange(min(len(packet), 60))] = rng.randrange(256)
            lying.append((when, bytes(packet)))
        survive(pcap.write(lying), "lying headers")
    survive(b"", "empty")
    survive(os.urandom(5000), "noise")
    survive(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 0xffffffff, 101)
            + struct.pack("<IIII", 0, 0, 0xfffffff0, 0xfffffff0), "a packet of 4 GiB")


def memory_cap():
    """Many sessions that each claim the largest set and send nothing of it."""
    session_through_tap(params=("--params", "n64"))
    packets = pcap.read(read("tap.pcap"))
    hello = next(p for _, p in packets if b"n64" in p and p[pcap.headers(p)[1]:].startswith(b"PARLEY"))
    seed = b"\0\0\0\x24\x1a\x22\x0a\x20" + bytes(32)
    chunk = b"\0\4\0\x20\x1a\x84\x80\x10\x1a\x80\x80\x10" # the beginning of a chunk of 256 KiB
    payload = hello[pcap.headers(hello)[1]:].replace(b"\x0a\x03n64", b"\x0a\x05n8192")
    length, tag = payload[11], payload[13]
    payload = payload[:11] + bytes([length + 2]) + payload[12:13] + bytes([tag + 2]) + payload[14:] + seed + chunk
    flood = []
    tcp, _ = pcap.headers(hello)
    for i in range(1000 if SANITIZED else 5000):  # there memory is not what it is
        packet = pcap.with_length(hello, payload)
        packet = packet[:tcp] + struct.pack(">H", 10000 + i) + packet[tcp + 2:]
        flood.append((10**18 + i, packet))
    write("flood.pcap", pcap.write(flood))
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    for command in (("inspect", path("flood.pcap"), "--json"), ("export", path("flood.pcap"))):
        process = subprocess.Popen([EVE, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        out = process.stdout.read()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        if command[0] == "inspect":
            sessions = json.loads(out)["sessions"]
            check(len(sessions) > 100 and sessions[0]["params"] == "n8192", "the flood is not what it should be")
        check(SANITIZED or usage.ru_maxrss < 1200 * 1024, "%d KiB of memory" % usage.ru_maxrss, before)


# ---- what leaves eve

def exported_samples():
    session_through_tap()
    session = only_session("tap.pcap")
    lines = eve("export", path("tap.pcap"), "--format", "text").splitlines()
    head = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# "))
    rows = [line.split(" ") for line in lines if not line.startswith("#")]
    equal((head["n"], head["session"]), ("64", session["session"]), "header")
    equal(len(rows), session["samples"], "samples")
    check(all(len(x) == 64 and z in "01" for x, z in rows), "a line that is not 64 bits and a label")
    eve("export", path("tap.pcap"), "--format", "npz", "--output", path("x.npz"))
    with zipfile.ZipFile(path("x.npz")) as z:
        check(z.testzip() is None, "a damaged member in the npz")
        equal(sorted(z.namelist()), ["n.npy", "plain.npy", "theta.npy", "x.npy", "z.npy"], "arrays")

        def array(name):
            data = z.read(name + ".npy")
            check(data[:8] == b"\x93NUMPY\1\0", "no npy")
            return data[10 + struct.unpack("<H", data[8:10])[0]:]
        x, labels = array("x"), array("z")
    equal(len(x), len(rows) * 8, "bytes of x")
    for i in (0, 1, len(rows) // 2, len(rows) - 1):
        bits = "".join(str(x[8 * i + j // 8] >> j % 8 & 1) for j in range(64))
        equal((bits, str(labels[i])), tuple(rows[i]), "sample %d" % i)
    names, *table = [line.split(",") for line in eve("export", path("tap.pcap"), "--format", "csv").splitlines()]
    equal(names, ["plain"] + ["x%d" % j for j in range(64)] + ["z"], "the columns of csv")
    equal([("".join(x), z) for _, *x, z in table], [tuple(row) for row in rows], "csv and text")
    equal([plain for plain, *_ in table], ["1"] * int(head["plain"]) + ["0"] * int(head["composed"]), "which are plain")


def head(*arguments):
    """eve, read by somebody who leaves after the first bytes: its status and what it says."""
    process = subprocess.Popen([EVE] + [str(a) for a in arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    later(process.kill)
    process.stdout.read(1)
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    return process.wait(patience(60)), said


def full(*arguments):
    with open("/dev/full", "wb") as f:
        done = subprocess.run([EVE] + [str(a) for a in arguments], stdin=subprocess.DEVNULL, stdout=f, stderr=subprocess.PIPE,
                              check=False, timeout=patience(60))
    return done.returncode, done.stderr.decode()


def a_reader_who_leaves_is_no_error():
    session_through_tap(lines=LINES * 20000)
    chat = ("read", path("tap.pcap"), "--key", path("alice.key"))
    learn = ("learn", path("tap.pcap"), "--learner", "isd,recipe", "--threads", 1)
    for command in (("export", path("tap.pcap")), ("export", path("tap.pcap"), "--format", "npz"), chat, chat + ("--from", "bob"),
                    ("inspect", path("tap.pcap"), "--json"), ("inspect", path("tap.pcap")), learn, learn + ("--json",),
                    ("estimate", "--budget", "0")):
        equal(head(*command), (0, ""), "status and errors of " + " ".join(map(str, command)))
        if os.path.exists("/dev/full"):
            status, said = full(*command)
            equal(status, 74, "status with a full disk")
            check(said.startswith("eve %s: standard output: " % command[0]) and said.count("\n") == 1, said)


def eve_learns_small_sets():
    for params in ("n64",) if SANITIZED else ("n64", "n128", "n256"):  # the same code for each
        session_through_tap(params=("--params", params))
        found = json.loads(eve("learn", path("tap.pcap"), "--budget", "100", "--json", "--key-out", path("eve.key"),
                               seconds=120))
        equal((found["schema"], found["seeded"], found["shard"], found["budget"]), (1, False, None, 100), "of the run")
        check(len(found["seed"]) == 64 and found["threads"] >= 1 and found["version"] and found["revision"], found)
        (session,) = found["sessions"]
        equal((session["params"], "n%d" % session["n"]), (params, params), "params")
        check(abs(session["theta"] - session["n"] ** -0.5) < 1e-6, "theta", session["theta"])
        check(session["key_recovered"], "no key")
        if params == "n64":  # where 0.3 theta is 6.4 standard deviations
            missed = missed_by(session["secret"], session["samples"])
            check(0.7 < missed / session["theta"] < 1.3, "the secret misses", missed)
        equal(session["key"] + "\n", read("alice.key").decode(), "the key")
        equal(key_of("eve.key"), key_of("alice.key"), "the key file")
        learner = session["learners"][-1]
        equal(learner["status"], "solved", "status")
        check(learner["test_labels"] >= 2000 and learner["risk_low"] <= learner["risk"] <= learner["risk_high"] < 0.3,
              learner)


def out_of_budget():
    session_through_tap(params=("--params", "n1024"))
    for _ in range(4):  # a machine with more to do may be late, but not every time
        start = time.monotonic()
        found = json.loads(eve("learn", path("tap.pcap"), "--budget", "1", "--json", status=1, seconds=60))
        used = time.monotonic() - start
        if used < 8 or SANITIZED:
            break
    else:
        check(False, "%.1f s" % used)
    (session,) = found["sessions"]
    check(not session["key_recovered"] and session["key"] is None and session["secret"] is None, "a key")
    for learner in session["learners"]:
        equal(learner["status"], "out-of-budget", "status")
        for name in ("reason", "risk", "risk_low", "risk_high", "test_labels", "seconds", "wall_seconds", "tries",
                     "tries_per_second", "expected_seconds"):
            check(name in learner, "no", name)
        if learner["risk"] is not None:
            like_a_coin(learner)


def usage():
    for arguments in ((), ("nothing",), ("inspect",), ("learn", "a", "b"), ("tap",), ("read", "x"),
                      ("learn", "x", "--budget", "soon"), ("inspect", "x", "--nothing"), ("export", "x", "--format", "xml")):
        equal(eve(*arguments, status=64), "", "output of eve " + " ".join(arguments))
        check("--help" in eve.said or "needed" in eve.said or "--format" in eve.said, eve.said)
    eve("inspect", path("missing.pcap"), status=74)
    for command in ("tap", "sniff", "inspect", "learn", "read", "export"):
        check("Usage: eve " + command in eve(command, "--help"), "help of", command)


# ---- the relay

class Peer(threading.Thread):
    """A server of our own behind a tap: runs function(socket) for its one connection."""

    def __init__(self, function):
        super().__init__(daemon=True)
        self.socket, self.address = listen()
        self.function, self.result, self.error = function, None, None
        self.start()

    def run(self):
        try:
            connection, _ = self.socket.accept()
            connection.settimeout(patience(60))
            with connection:
                self.result = self.function(connection)
        except OSError as error:
            self.error = error


def dial(tap):
    s = socket.create_connection(split_address(tap.address), timeout=patience(60))
    return s


def receive(s):
    data = b""
    while True:
        more = s.recv(65536)
        if not more:
            return data
        data += more


def bytes_pass_unchanged_and_ends_are_halves():
    up, down = os.urandom(3000000), os.urandom(2000000)

    def serve(s):
        got = receive(s)  # to the end of Alice's half, and only then an answer
        s.sendall(down)
        return got

    server = Peer(serve)
    tap = start_tap(server.address, "tap.pcap", "--once")
    with dial(tap) as s:
        s.sendall(up)
        s.shutdown(socket.SHUT_WR)
        equal(receive(s) == down, True, "what came down")
    server.join(patience(60))
    equal(server.result == up, True, "what went up")
    tap.wait(0)


def resets_are_passed_on():
    def serve(s):
        s.recv(10)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    server = Peer(serve)
    tap = start_tap(server.address, "tap.pcap", "--once")
    with dial(tap) as s:
        s.sendall(b"0123456789")
        try:
            got = s.recv(10)
            raise AssertionError("an end in order instead of a reset: %r" % got)
        except ConnectionResetError:
            pass
    tap.wait(0)


def last_words_arrive():
    """Bob says why and closes while Alice is still sending."""
    def serve(s):
        s.recv(10)
        s.sendall(b"last words")
        time.sleep(0.2)

    server = Peer(serve)
    tap = start_tap(server.address, "tap.pcap", "--once")
    with dial(tap) as s:
        s.sendall(bytes(100000))
        got = b""
        try:
            while len(got) < 10:
                more = s.recv(100)
                check(more, "the end before the last words: %r" % got)
                got += more
        except ConnectionResetError:
            raise AssertionError("a reset before the last words") from None
        equal(got, b"last words", "last words")
    tap.wait(0)


def slow_readers_hold_back():
    """A reader that stops makes the sender stop, and the tap stays small."""
    go = threading.Event()

    def serve(s):
        go.wait(patience(300))
        return len(receive(s))

    server = Peer(serve)
    tap = start_tap(server.address, "tap.pcap", "--once")
    with dial(tap) as s:
        s.settimeout(1)
        sent = 0
        block = bytes(1 << 20)
        try:
            while sent < 1 << 30:
                sent += s.send(block)
        except TimeoutError:
            pass
        check(sent < 200 << 20, "%d MiB were taken while nobody read" % (sent >> 20))
        with open("/proc/%d/status" % tap.process.pid, encoding="ascii") as f:
            resident = next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
        check(SANITIZED or resident < 30000, "the tap holds %d KiB" % resident)
        go.set()
        s.settimeout(patience(90))
        s.shutdown(socket.SHUT_WR)
        receive(s)
    server.join(patience(60))
    equal(server.result, sent, "bytes that arrived")
    tap.wait(0)


def a_slow_file_loses_nothing():
    """The capture goes into a pipe that is read late: the tap waits with what it passes on, and writes everything."""
    up, captured, go = os.urandom(14000000), [], threading.Event()
    os.mkfifo(path("fifo"))

    def collect():
        with open(path("fifo"), "rb") as f:
            with contextlib.suppress(OSError, AttributeError):
                fcntl.fcntl(f, fcntl.F_SETPIPE_SZ, 1 << 20)  # fewer turns on a busy machine
            go.wait(patience(300))
            captured.append(f.read())

    reader = threading.Thread(target=collect, daemon=True)
    reader.start()
    server = Peer(receive)
    tap = start_tap(server.address, "fifo", "--once")
    with dial(tap) as s:
        s.settimeout(0.5)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < len(up):
                sent += s.send(up[sent:sent + 65536])
        check(sent < len(up), "all was taken before any of it was written")
        go.set()
        s.settimeout(patience(90))
        s.sendall(up[sent:])
        s.shutdown(socket.SHUT_WR)
        equal(receive(s), b"", "what came down")
    server.join(patience(90))
    tap.wait(0)
    reader.join(patience(60))
    equal(server.result == up, True, "what went up")
    packets = [p for _, p in pcap.read(captured[0])]
    sender = pcap.ports(packets[0])[0]
    written = b"".join(p[pcap.headers(p)[1]:] for p in packets if pcap.ports(p)[0] == sender)
    equal(written == up, True, "what was written")


def a_full_disk_disturbs_nobody():
    server = Peer(receive)
    tap = start_tap(server.address, "/dev/full", "--once")
    with dial(tap) as s:
        s.sendall(bytes(1000000))
        s.shutdown(socket.SHUT_WR)
        equal(receive(s), b"", "what came down")
    server.join(patience(60))
    equal(len(server.result), 1000000, "what went up")
    tap.wait(74)
    check("No space left on device" in tap.stderr, tap.stderr)


def nobody_behind_the_tap():
    tap = start_tap(nobody_there(), "tap.pcap", "--once")
    alice = start_alice(tap.address, *N64)
    check(alice.wait(None) in (69, 74), "alice does not notice")  # as the reset finds her
    tap.wait(69)


oracles = [] if SANITIZED else [an_oracle, tasks_in_the_oracle]  # tshark does not depend on our build
run(inspect_agrees_with_events, attempts_are_one_session, the_key_opens_the_chat, terminal_text_is_escaped,
    rekeyed_sessions, many_sessions_at_once, captures_of_other_tools, *oracles, sniffing_on_loopback, hostile_captures,
    memory_cap, exported_samples, a_reader_who_leaves_is_no_error, eve_learns_small_sets, out_of_budget, usage, bytes_pass_unchanged_and_ends_are_halves,
    resets_are_passed_on, last_words_arrive, slow_readers_hold_back, a_slow_file_loses_nothing,
    a_full_disk_disturbs_nobody, nobody_behind_the_tap)
