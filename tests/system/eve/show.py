"""eve show tells a real session in order: live beside alice and bob, and again from the files, with Eve's learners and
without."""

import re
import subprocess

import eve as eves
from eve import check, eve, path, start_tap
from parley import N64, STEPS, equal, later, patience, run, start_alice, start_bob


def session():
    """The files of a session at n64, one of events of each side."""
    bob = start_bob("--once", *N64, stdin=b"hello alice\n")
    tap = start_tap(bob, "tap.pcap", "--once")
    with open(path("live"), "wb") as out:
        live = subprocess.Popen([eves.EVE, "show", "--once", path("tap.pcap"), bob.events_path], stdout=out,
                                stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    later(lambda: live.poll() is None and live.kill())
    alice = start_alice(tap.address, *N64, stdin=b"hello \x1b[2J bob\n")
    alice.wait(0)
    bob.wait(0)
    tap.wait(0)
    equal(live.wait(patience(60)), 0, "status of the live one")
    with open(path("live"), encoding="utf-8") as f:
        tells_steps(f.read())
    words = [program.event("confirmed")["fingerprint"] for program in (alice, bob)]
    equal(words[0], words[1], "words")
    return [path("tap.pcap"), alice.events_path, bob.events_path], words[0]


def tells_steps(text):
    """One line a step, in order."""
    equal(re.findall(r"^([AB][1-4]) (?:->|<-) ", text, re.M), STEPS, "steps in " + text)
    check(all(len(line) <= 80 for line in text.splitlines()), "a line is too long in", text)
    check("\x1b" not in text, "it is no terminal", text)


def three_lanes():
    files, words = session()
    text = eve("show", "--once", *files)
    tells_steps(text)
    for name in ("Alice", "Bob"):
        check(re.search(r"^%s +%s$" % (name, words.upper()), text, re.M), "no words of", name, text)
    check("nobody sits in between, except with probability 2^-40." in " ".join(text.split()), text)
    times = re.findall(r"^[AB][1-4] ..(?: +[\d.]+ k?B| +\d+ bytes)(?: +[\d.]+ m?s){2} ", text, re.M)
    equal(len(times), len(STEPS), "steps with both sides' numbers in " + text)
    check("has the key" not in text and "learns" not in text, "Eve learns unasked", text)
    text = eve("show", "--once", "--budget", 60, *files, seconds=120)
    tells_steps(text)
    check("Eve       has the key." in text, text)
    check("Eve       reads Alice: hello \\x1b[2J bob" in text, text)


def wrong_use():
    check("which source?" in (eve("show", status=64) or eve.said), eve.said)
    eve("show", path("nowhere.pcap"), status=74)
    check("nowhere.pcap" in eve.said, eve.said)


run(three_lanes, wrong_use)
