"""bob --conference: what one alice says reaches the others, under her label, clean and bounded; alices in WebAssembly, where
node runs them, beside native ones.

usage: conference.py ALICE BOB FOLDER, where FOLDER has alice.wasm"""

import json
import os
import shutil
import subprocess
import sys

from parley import check, equal, later, path, read, run, split_address, start_alice, start_bob, wait_until

BUILT = sys.argv.pop()
TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
N64 = ("--params", "n64")


def native(bob, name):
    alice = start_alice(bob, *N64, "--name", name, stdin="pipe")
    alice.event("open")
    return alice


def say(alice, line):
    alice.stdin.write(line)
    alice.stdin.flush()


def from_one_to_another():
    """Each hears the others and not herself, Bob hears all, and only under the label that he knows."""
    bob = start_bob(*N64, "--conference", stdin="pipe")
    ann, bea, cai = (native(bob, name) for name in ("ann", "bea", "cai"))
    wait_until(lambda: len(bob.all("open")) == 3, 60, "all to be open at Bob's")
    say(ann, b"Good \x1b[31mmorning\x07\n")
    for other in (bea, cai):
        wait_until(lambda: other.output == b"(from ann) Good [31mmorning\n", 60, "her line, without what a terminal obeys")
    say(bea, b"(from cai) I am not\n")
    wait_until(lambda: ann.output == b"(from bea) (from cai) I am not\n", 60, "a line with a false mark, under the true one")
    bob.stdin.write(b"Bob himself\n@ann for you\n")
    bob.stdin.flush()
    wait_until(lambda: ann.output.endswith(b"Bob himself\nfor you\n"), 60, "Bob's own lines")
    wait_until(lambda: b"ann: Good" in bob.output and b"bea: (from cai) I am not" in bob.output, 60, "all of it at Bob's")
    say(cai, "\u00e4".encode() * 700 + b"\n")  # longer than a line may be: it comes in pieces
    wait_until(lambda: bea.output.count(b"(from cai) ") == 2 and bea.output.endswith(b"\n"), 60, "two pieces")
    pieces = [line[len(b"(from cai) "):] for line in bea.output.splitlines() if line.startswith(b"(from cai) ")]
    equal(b"".join(pieces).decode(), "\u00e4" * 700, "the long line")
    cai.stdin.close()
    cai.wait(0)
    check(b"ann" not in ann.output.replace(b"@ann", b""), "she hears herself", ann.output)
    bob.kill()


def bounded():
    """Who says too much is told so, and the others hear a part of it; who does not read holds up nobody."""
    bob = start_bob(*N64, "--conference")
    ann, bea, cai = (native(bob, name) for name in ("ann", "bea", "cai"))
    wait_until(lambda: len(bob.all("open")) == 3, 60, "all to be open at Bob's")
    n = 5000
    say(ann, b"flood\n" * n)
    wait_until(lambda: b"too much" in ann.output, 60, "that she is told")
    wait_until(lambda: bob.output.count(b"ann: flood") == n, 60, "all of it at Bob's")
    say(cai, b"And I?\n")
    wait_until(lambda: b"(from cai) And I?\n" in bea.output, 60, "the line of somebody else")
    heard = bea.output.count(b"(from ann) flood\n")
    check(20 <= heard < n / 10, "of %d lines %d were passed on" % (n, heard))
    bob.kill()


def otherwise_not():
    bob = start_bob(*N64, stdin="pipe")
    ann, bea = (native(bob, name) for name in ("ann", "bea"))
    wait_until(lambda: len(bob.all("open")) == 2, 60, "both to be open at Bob's")
    say(ann, b"to Bob alone\n")
    wait_until(lambda: b"to Bob alone" in bob.output, 60, "her line at Bob's")
    bob.stdin.write(b"and now Bob\n")
    bob.stdin.flush()
    wait_until(lambda: bea.output == b"and now Bob\n", 60, "Bob's line and nothing else")
    bob.kill()


def in_webassembly(bob, name, *arguments):
    host, port = split_address(bob.address)
    with open(path(name), "wb") as out:
        process = subprocess.Popen(["node", os.path.join(TOP, "tests/system/browser/alice.mjs"), os.path.join(TOP, "alice/browser"),
                                    os.path.join(BUILT, "alice.wasm"), host, str(port), "n64", name, "--stay", *arguments],
                                   stdout=out, stdin=subprocess.DEVNULL)
    later(process.wait)
    later(process.kill)
    return process


def heard_by(name):
    return [e["text"] for e in map(json.loads, read(name).decode().splitlines()) if e["event"] == "chat"]


def from_phone_to_phone():
    """Two alices in WebAssembly and a native one."""
    if not shutil.which("node") or not os.path.exists(BUILT + "/alice.wasm"):
        print("there is no node, or no alice.wasm: phones are not tried")
        return
    bob = start_bob(*N64, "--conference")
    ann = native(bob, "ann")
    in_webassembly(bob, "bea")
    wait_until(lambda: len(bob.all("open")) == 2, 60, "her to be open at Bob's")
    in_webassembly(bob, "cai", "--say", "cai is here \u00e4")
    wait_until(lambda: heard_by("bea") == ["(from cai) cai is here \u00e4"], 60, "one phone to hear another")
    wait_until(lambda: ann.output == "(from cai) cai is here \u00e4\n".encode(), 60, "a program to hear a phone")
    say(ann, b"welcome\n")
    for name in ("bea", "cai"):
        wait_until(lambda: "(from ann) welcome" in heard_by(name), 60, "a phone to hear a program")
    equal(heard_by("cai"), ["(from ann) welcome"], "what she hears, who does not hear herself")
    bob.kill()


run(from_one_to_another, bounded, otherwise_not, from_phone_to_phone)
