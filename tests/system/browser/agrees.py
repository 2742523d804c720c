"""Alice in WebAssembly, run by node, and the real bob over TCP: keys, words, chat, transcripts, events, size, memory.

usage: agrees.py ALICE BOB FOLDER, where FOLDER has alice.wasm and alice-plain.wasm"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

from parley import check, equal, path, read, run, split_address, start_alice, start_bob, wait_until

BUILT = sys.argv.pop()
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "../../.."))
GOLDEN = os.path.join(TOP, "tests/proof/golden")
SIZE_MAX = 300000
MEMORY_MAX = 10 << 20


def browser_alice(bob, name, *arguments, program="alice.wasm", output="browser"):
    """The process; its events go to the file."""
    host, port = split_address(bob.address)
    command = ["node", os.path.join(HERE, "alice.mjs"), os.path.join(TOP, "alice/browser"), os.path.join(BUILT, program), host, str(port),
               name, "alice", *arguments]
    with open(path(output), "wb") as out:
        return subprocess.Popen(command, stdout=out, stdin=subprocess.DEVNULL)


def events(output="browser"):
    return [json.loads(line) for line in read(output).decode().splitlines(True) if line.endswith("\n")]


def one(kind, output="browser"):
    found = [e for e in events(output) if e["event"] == kind]
    equal(len(found), 1, "events " + kind)
    return found[0]


def finish(alice):
    wait_until(lambda: alice.poll() is not None, 60, "the end of Alice under node")
    equal(alice.returncode, 0, "status of node")
    equal(events()[-1]["event"], "ended", "her last event")
    return one("ended")


def conversation(name, *arguments, program="alice.wasm", seed=()):
    bob = start_bob("--once", "--name", "bob", "--params", name, *seed, stdin=b"hello alice\n")
    alice = browser_alice(bob, name, "--say", "hello bob", *arguments, program=program)
    equal(finish(alice)["done"], True, "done with " + name)
    bob.wait(0)
    equal(bob.output, b"hello bob\n", "what bob read")
    equal([e["text"] for e in events() if e["event"] == "chat"], ["hello alice"], "what Alice read")
    equal(one("confirmed")["fingerprint"], bob.event("confirmed")["fingerprint"], "the words of " + name)
    equal(one("confirmed")["words"], bob.event("confirmed")["fingerprint"].split(), "the words, one by one")
    equal(one("name")["name"], "bob", "his name")
    return bob


def golden(name):
    """Seeds, both sides' frames as (bytes, hex of bytes or None, BLAKE2b-256 or None), fingerprint."""
    seeds, frames, words = {}, {"alice": [], "bob": []}, None
    with open(os.path.join(GOLDEN, name + ".txt"), encoding="utf-8") as f:
        for line in f:
            part = line.split()
            if line.startswith("seed of"):
                seeds[part[2]] = part[3]
            elif part[0] in frames:
                frame = {"n": int(part[-2]), "hex": "", "digest": None}
                frames[part[0]].append(frame)
            elif part[0] == "blake2b":
                frame["digest"] = part[1]
            elif line.startswith("    "):
                frame["hex"] += part[0]
            elif part[0] == "fingerprint":
                words = " ".join(part[1:])
    return seeds, frames, words


def same_transcript(side, frames):
    data, at = read("wire." + side), 0
    check(len(frames) > 5, "no frames to compare")
    for number, frame in enumerate(frames):
        piece = data[at : at + frame["n"]]
        at += frame["n"]
        if frame["digest"]:
            equal(hashlib.blake2b(piece, digest_size=32).hexdigest(), frame["digest"], "frame %d of %s" % (number, side))
        else:
            equal(piece.hex(), frame["hex"], "frame %d of %s" % (number, side))
    equal(len(data), at, "bytes of " + side)


def golden_transcripts():
    """With the seeds of the frozen transcripts she says what the C machines say, byte for byte, in each task."""
    for name in ("n64", "n256", "r509", "r13109", "l32", "l640"):
        seeds, frames, words = golden(name)
        conversation(name, "--seed", seeds["alice"], "--wire", path("wire"), seed=("--seed", seeds["bob"]))
        for side in frames:
            same_transcript(side, frames[side])
        equal(one("confirmed")["fingerprint"], words, "the words of the transcript")


def without_vectors():
    """What browsers without SIMD get says the same."""
    for name in ("n256", "r509", "l32"):
        seeds, frames, _ = golden(name)
        conversation(name, "--seed", seeds["alice"], "--wire", path("wire"), program="alice-plain.wasm", seed=("--seed", seeds["bob"]))
        same_transcript("alice", frames["alice"])


def a_full_size():
    conversation("n2048")
    check(one("open")["memory"] <= MEMORY_MAX, "memory of n2048:", one("open")["memory"])
    steps = [e["step"] for e in events() if e["event"] == "step"]
    equal(steps, ["A1", "B1", "A2", "B2", "A3", "B3", "A4", "B4"], "her steps")
    check(any(e["event"] == "progress" for e in events()), "no progress was told")


def events_as_of_alice():
    """For the same seeds the same events as `alice --events`, the times aside."""
    aside = {"time", "clock", "seconds", "peer", "words", "memory"}
    for name in ("n64", "l32"):
        seeds, _, _ = golden(name)
        bob = start_bob("--once", "--params", name, "--seed", seeds["bob"])
        alice = start_alice(bob, "--params", name, "--seed", seeds["alice"], "--name", "alice")
        alice.wait(0)
        bob.wait(0)
        bob = start_bob("--once", "--params", name, "--seed", seeds["bob"])
        finish(browser_alice(bob, name, "--seed", seeds["alice"]))
        bob.wait(0)
        hers = [{k: v for k, v in e.items() if k not in aside} for e in events()
                if e["event"] in ("step", "learned", "agreed", "confirmed", "open", "closed")]
        natives = [{k: v for k, v in e.items() if k not in aside} for e in alice.events if e["event"] != "connected"]
        equal([e["event"] for e in hers], [e["event"] for e in natives], "kinds of events of " + name)
        for found, expected in zip(hers, natives):
            if found["event"] == "closed":  # a program counts what it has written by then, and the end mark may be under way
                del found["bytes"], expected["bytes"]
            equal(found, expected, "the event %s of %s" % (found["event"], name))


def long_lines():
    """A line that is longer than what is shown at a time comes whole, in pieces, none of which ends within a character; the next
    lines come as they are, and so does one without an end."""
    long = "x" + "\u00e4\u20ac" * 3000
    bob = start_bob("--once", "--params", "n64", stdin=("%s\n\nshort\nno end" % long).encode())
    equal(finish(browser_alice(bob, "n64"))["done"], True, "done")
    texts = [e["text"] for e in events() if e["event"] == "chat"]
    equal("".join(texts[:-3]), long, "the long line")
    equal(texts[-3:], ["", "short", "no end"], "the lines behind it")


def small():
    for program in ("alice.wasm", "alice-plain.wasm"):
        size = os.path.getsize(os.path.join(BUILT, program))
        check(size < SIZE_MAX, program, "has", size, "bytes")


for what, there in (("node", shutil.which("node")), ("alice.wasm (see alice/browser/README.md)", os.path.exists(BUILT + "/alice.wasm"))):
    if not there:
        print("there is no %s: Alice in a browser is not tried" % what)
        sys.exit(77)
run(golden_transcripts, without_vectors, a_full_size, events_as_of_alice, long_lines, small)
