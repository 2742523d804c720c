"""eve lab quantum: its tables are the formulas'; what does not fit is counted and not run. With PARLEY_LONG a real session
of n64 is opened by the simulated machine."""

import base64
import json
import math
import os

from eve import check, eve, path, start_tap
from parley import equal, key_of, read, run, start_alice, start_bob

SEED = "c1" * 32


def lab(out, *arguments, status=0):
    eve("lab", "quantum", "--check-size", "--seed", SEED, "--threads", 2, "--out", path(out), *arguments, status=status,
        seconds=600)
    return json.loads(read(os.path.join(out, "result.json")))


def sets_are_what_formulas_say():
    """n64 fits and takes too long here; n128 would be 2^24 amplitudes: its circuit is counted."""
    result = lab("q", "--sets", "n128")
    tables = result["tables"]
    check("search" not in tables and "memory_bytes" not in result["manifest"]["parameters"], tables.keys())
    equal([row["n"] for row in tables["circuits"]], [128], "circuits")
    sets = {row["set"]: row for row in tables["sets"]}
    equal(len(sets), 9, "sets")
    for row in sets.values():
        n = row["n"]
        tries = -math.log2(0.2887880951) - n * math.log2(1 - n ** -0.5)
        iterations = math.log2(math.pi / 4) + tries / 2
        toffoli = iterations + math.log2(4 / 3 * n ** 3)
        depth = iterations + math.log2(2 * n * n)
        for name, value in [("selections", tries), ("iterations", iterations), ("unlimited", toffoli), ("depth", depth),
                            ("qubits", math.log2(1.5 * n * n))]:
            check(abs(row[name + "_log2"] - value) < 1e-6, name, row)
        for limit in 40, 64, 96:
            check(abs(row["at%d_log2" % limit] - toffoli - max(0, depth - limit)) < 1e-6, limit, row)
        check(row["estimate_log2"] < row["unlimited_log2"], "eve estimate is the more generous", row)
    counted = tables["circuits"][0]
    check(abs(counted["toffoli"] / (4 / 3 * 128**3) - 1) < 0.03, counted)
    eve("lab", "quantum", "--check-size", "--sets", "r509", status=64)
    check("nothing to do with these sets" in eve.said, eve.said)


def a_real_session_is_opened():
    bob = start_bob("--once", "--params", "n64", "--agree-only", "--key-out", path("bob.key"), stdin=b"")
    tap = start_tap(bob, "tap.pcap", "--once")
    alice = start_alice(tap.address, "--params", "n64", "--agree-only", stdin=b"")
    for program in alice, bob, tap:
        program.wait(0)
    found = json.loads(eve("learn", path("tap.pcap"), "--learner", "quantum", "--budget", 3000, "--json", seconds=3600))
    learner = found["sessions"][0]["learners"][0]
    equal(learner["status"], "solved", learner)
    check(learner["reason"].startswith("a simulation of a quantum computer, exact: "), learner)
    equal(base64.b64decode(found["sessions"][0]["key"]), key_of("bob.key"), "key")


tests = [sets_are_what_formulas_say]
if "PARLEY_LONG" in os.environ:
    tests.append(a_real_session_is_opened)
run(*tests)
