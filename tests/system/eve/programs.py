"""Learners that are other people's: a program of one's own gets the key, libraries do not, and nothing outlives eve."""

import base64
import json
import os
import shlex
import signal
import subprocess
import sys
import time

from eve import EVE, check, eve, like_a_coin, path, start_tap
from parley import N64, equal, key_of, patience, run, start_alice, start_bob, wait_until

GAUSS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "eve", "examples", "gauss.py")
N1024 = ("--params", "n1024")


SEED = "5e" * 32  # of everybody here: the same session, the same search


def session(params):
    bob = start_bob("--once", *params, "--agree-only", "--key-out", path("bob.key"), "--seed", SEED)
    tap = start_tap(bob, "tap.pcap", "--once")
    alice = start_alice(tap.address, *params, "--agree-only", "--seed", SEED)
    alice.wait(0)
    bob.wait(0)
    tap.wait(0)


def a_program_gets_the_key():
    session(N64)
    command = "exec:exec %s %s 1" % (shlex.quote(sys.executable), shlex.quote(GAUSS))
    found = json.loads(eve("learn", path("tap.pcap"), "--learner", command, "--budget", 240, "--seed", SEED, "--json",
                           seconds=260))
    equal(found["sessions"][0]["learners"][0]["name"], "exec", "learner")
    equal(found["sessions"][0]["learners"][0]["status"], "solved", "status")
    equal(base64.b64decode(found["sessions"][0]["key"]), key_of("bob.key"), "key")


def libraries_do_not():
    session(N64)
    found = json.loads(eve("learn", path("tap.pcap"), "--learner", "logistic,trees,mlp", "--budget", 240, "--threads", 1,
                           "--seed", SEED, "--json", status=1, seconds=260))
    for learner in found["sessions"][0]["learners"]:
        if learner["status"] != "not-applicable":
            equal(learner["status"], "out-of-budget", learner["name"])
            like_a_coin(learner)
            check(learner["facts"]["samples_used"] > 0, learner)
            check("--sanitized" in sys.argv or learner["facts"]["peak_bytes"] <= 2 << 30, learner)


def catches(pid, number):
    with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as f:
        mask = next(int(line.split()[1], 16) for line in f if line.startswith("SigCgt:"))
    return mask >> number - 1 & 1


def interrupted(learner, then, begun=lambda: True):
    """eve learn, given ctrl-C when it has been at it for two seconds: it reports at once."""
    with subprocess.Popen([EVE, "learn", path("tap.pcap"), "--learner", learner, "--budget", "120", "--json"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: catches(process.pid, signal.SIGINT) and begun(), 60, "eve to begin")
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        out = process.communicate(timeout=patience(90))[0]  # far from the budget
        equal(process.returncode, 1, "status of " + learner)
    then(json.loads(out)["sessions"][0]["learners"][0])


def nothing_outlives_eve():
    session(N1024)
    interrupted("mlp", lambda found: check(found["status"] in ("out-of-budget", "not-applicable"), found))

    def sleeper_is_gone(found):
        equal(found["status"], "out-of-budget", "status")
        with open(path("pid"), encoding="ascii") as f:
            pid = int(f.read())

        def gone():
            try:
                with open("/proc/%d/stat" % pid, encoding="ascii") as f:
                    return f.read().rsplit(")", 1)[1].split()[0] == "Z"
            except OSError:
                return True
        wait_until(gone, 60, "what the program has started to be gone")
    interrupted("exec:sleep 1000 & echo $! > %s; sleep 1000" % shlex.quote(path("pid")), sleeper_is_gone,
                lambda: os.path.exists(path("pid")) and os.path.getsize(path("pid")))


def usage():
    session(N64)
    for wrong in ("exec", "isd:true", "logistic,nothing"):
        eve("learn", path("tap.pcap"), "--learner", wrong, status=64)
    # a key that nobody could write is not looked for
    eve("learn", path("tap.pcap"), "--learner", "exec:sleep 1000", "--budget", 600, "--key-out", path("missing/key"), status=74)


def a_program_that_fails_is_an_error():
    session(N64)
    found = json.loads(eve("learn", path("tap.pcap"), "--learner", "exec:exit 3", "--json", status=69))
    learner = found["sessions"][0]["learners"][0]
    equal((learner["status"], learner["reason"]), ("failed", "the program ended with status 3"), "outcome")
    equal(eve.said, "eve learn: exec: the program ended with status 3\n", "what is said of it")
    eve("learn", path("tap.pcap"), "--learner", "exec:true", status=1)
    eve("learn", path("tap.pcap"), "--learner", "exec:exit 3,isd", status=69)  # a command may have commas
    eve("learn", path("tap.pcap"), "--learner", "isd,exec:exit 3", status=0)
    check("exec: the program ended with status 3" in eve.said, eve.said)


def without_times(value):
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if "second" not in k and k != "peak_bytes"}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def a_seed_repeats_a_search():
    """Whatever the clock says meanwhile: the same tries in the same order, up to the same one."""
    session(("--params", "n128"))
    arguments = ("learn", path("tap.pcap"), "--learner", "isd,recipe,logistic", "--budget", 300, "--threads", 1, "--json")
    first, *others = [without_times(json.loads(eve(*arguments, "--seed", seed, seconds=320, status=None)))
                      for seed in ("42", "42", "42", "43")]
    isd = first["sessions"][0]["learners"][0]
    check(isd["status"] == "solved" and isd["tries"] > 0, isd)
    equal(others[0], first, "the same search")
    equal(others[1], first, "the same search")
    check(others[2]["sessions"][0]["learners"][0]["tries"] != isd["tries"], "another seed makes the same search")


functions = [a_program_that_fails_is_an_error, a_seed_repeats_a_search, a_program_gets_the_key, nothing_outlives_eve, usage]
if "--sanitized" not in sys.argv:  # the libraries' code is not ours, and the unit tests have what calls it
    functions.append(libraries_do_not)
run(*functions)
