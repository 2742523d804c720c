"""What was said is in nobody's memory any more once it has been written and its session is over."""

import os
import re

from parley import N64, Skip, run, start_alice, start_bob, wait_until


def places(program, words):
    """Where in a process's memory the words stand: [(mapping, times)]."""
    found = []
    try:
        with open("/proc/%d/maps" % program.process.pid) as maps, open("/proc/%d/mem" % program.process.pid, "rb", 0) as memory:
            for line in maps:
                begin, end, may = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
                if not may.startswith("rw"):
                    continue
                memory.seek(int(begin, 16))
                try:
                    data = memory.read(int(end, 16) - int(begin, 16))
                except OSError:
                    continue
                if words in data:
                    found.append(((line.split() + [""])[5] or begin, data.count(words)))
    except PermissionError:
        raise Skip("another process's memory cannot be read here") from None
    return found


def check_wiped(program, *all_words):
    for words in all_words:
        wait_until(lambda: not places(program, words), 3, "%r to be gone from %s: %s" % (words, program.name, places(program, words)))


def at_a_switchboard():
    """Lines, a long one in pieces, one without an end, and what bob says to all and to one."""
    heard, said = os.urandom(16).hex().encode(), os.urandom(16).hex().encode()
    bob = start_bob(*N64, stdin="pipe")
    alice = start_alice(bob, *N64, "--name", "ann", stdin="pipe")
    bob.event("open", session=alice.event("open")["session"])
    alice.stdin.write(heard + b"\n" + 200 * (b"x" + heard) + b"\n" + heard)
    bob.stdin.write(b"to all " + said + b"\n@ann " + said + b"\n")
    wait_until(lambda: alice.output.count(said) == 2, 20, "what bob said")
    alice.stdin.close()
    alice.wait(0)
    wait_until(lambda: bob.output.count(heard) > 150, 20, "what alice said")
    second = start_alice(bob, *N64, stdin=b"another\n")  # and a little more, as happens to every stack
    second.wait(0)
    wait_until(lambda: b"another" in bob.output, 20, "the other alice's line")
    check_wiped(bob, heard, said)


def in_a_pipe():
    heard, said = os.urandom(16).hex().encode(), os.urandom(16).hex().encode()
    bob = start_bob("--once", *N64, stdin="pipe")
    alice = start_alice(bob, *N64, stdin="pipe")
    alice.event("open")
    alice.stdin.write(heard + b"\n")
    bob.stdin.write(said + b"\n")
    wait_until(lambda: heard in bob.output and said in alice.output, 20, "what was said")
    check_wiped(bob, heard, said)
    check_wiped(alice, heard, said)


run(at_a_switchboard, in_a_pipe)
