"""A hundred phones at once, each what a phone runs: Alice in WebAssembly through a WebSocket that eve passes on to bob.

usage: many.py ALICE BOB --eve=EVE FOLDER, where FOLDER has alice.wasm"""

import os
import shutil
import statistics
import subprocess
import sys

BUILT = sys.argv.pop()
TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
sys.path.insert(0, os.path.join(TOP, "tests/lib"))

from parley import check, equal, later, path, read, run, start_bob, wait_until  # noqa: E402
from phone import Room  # noqa: E402


EACH = 10  # phones of one process: a phone has one of its own, but a hundred would be more than this machine has to run


def start(room, params, first):
    with open(path("phones-%d" % first), "wb") as out:
        process = subprocess.Popen(["node", os.path.join(TOP, "tests/lib/many.mjs"), os.path.join(TOP, "alice/browser"),
                                    os.path.join(BUILT, "alice.wasm"), room.join[0]["address"], params, str(first), str(EACH)],
                                   stdin=subprocess.PIPE, stdout=out)
    later(process.wait)
    later(process.kill)
    return process


def at_once(params, n):
    """All have a key, with Bob's words and the wall's; one says something, and all the others hear it."""
    bob = start_bob("--params", params, "--conference", "--timeout", "300")
    room = Room(bob.address, "--per-address", 128)
    processes = [start(room, params, first) for first in range(0, n, EACH)]

    def lines(kind):
        """What they tell of this kind: two words and the rest."""
        all_lines = [line for first in range(0, n, EACH) for line in read("phones-%d" % first).decode().splitlines()]
        return [line.split(maxsplit=2)[1:] for line in all_lines if line.startswith(kind + " ")]
    wait_until(lambda: len(lines("key")) + len(lines("failed")) == n, 600, "%d phones to have a key" % n)
    equal(lines("failed"), [], "phones that have none")
    wait_until(lambda: len(bob.all("open")) == n, 60, "all to be open at Bob's")
    words = {e["fingerprint"] for e in bob.all("confirmed")}
    equal(len(words), n, "different words")
    wait_until(lambda: sum(p["steps"] == 8 and bool(p["words"]) for p in room.state()["pupils"]) == n, 60, "all tiles to have their words")
    tiles = {p["name"]: p["words"] for p in room.state()["pupils"]}
    for _, rest in lines("key"):
        name, spoken = rest.split(maxsplit=1)
        check(spoken in words and tiles[name] == spoken, name, spoken, tiles[name])
    processes[0].stdin.write(b"Hello, all.\n")
    processes[0].stdin.flush()
    wait_until(lambda: len(lines("chat")) == n - 1, 120, "all the others to hear one")
    speaker = ({"phone-%d" % i for i in range(n)} - {name for name, _ in lines("chat")}).pop()
    equal({text for _, text in lines("chat")}, {"(from %s) Hello, all." % speaker}, "what they hear")
    for process in processes:
        process.stdin.close()
    for process in processes:
        equal(process.wait(120), 0, "status of the phones")
    times = sorted(float(seconds) for seconds, _ in lines("key"))
    print("  %d phones at %s: first %.2f s, median %.2f s, last %.2f s" % (n, params, times[0], statistics.median(times), times[-1]))
    room.stop()


def hundred_at_n256():
    at_once("n256", 100)


def hundred_at_r1019():
    at_once("r1019", 100)


def thirty_at_n2048():
    at_once("n2048", 30)


for what, there in (("node", shutil.which("node")), ("alice.wasm (see alice/browser/README.md)", os.path.exists(BUILT + "/alice.wasm"))):
    if not there:
        print("there is no %s" % what)
        sys.exit(77)
run(hundred_at_n256, hundred_at_r1019, thirty_at_n2048)
