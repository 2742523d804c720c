"""Eve with sessions of LWE: she breaks a toy and reads its chat, fails at the real set and says what it would take, and does
without fplll. Where that is not installed, what needs it is skipped, with a line."""

import base64
import json
import os
import shutil
import struct
import zipfile

from eve import check, eve, inspect, like_a_coin, missed_by, path, start_tap
from parley import equal, key_of, run, start_alice, start_bob, wait_until


def session(name, lines=None):
    """A conversation through a tap, or the agreement alone."""
    more = ["--params", name] + ([] if lines else ["--agree-only"])
    bob = start_bob("--once", *more, "--key-out", path("bob.key"), stdin=lines or b"")
    tap = start_tap(bob, "tap.pcap", "--once")
    alice = start_alice(tap.address, *more, stdin=b"")
    alice.wait(0)
    bob.wait(0)
    tap.wait(0)


def learn(*arguments, status, seconds=300):
    found = json.loads(eve("learn", path("tap.pcap"), *arguments, "--json", status=status, seconds=seconds))
    return found["sessions"][0]


def has_fplll():
    if shutil.which("fplll"):
        return True
    print("SKIP: no fplll here: apt-get install fplll-tools")
    return False


def she_reads_the_chat_of_a_toy():
    session("l48", b"the chat of a toy\n")
    found = inspect(path("tap.pcap"))["sessions"][0]
    equal((found["params"], found["plain"], found["composed"], found["labels"], found["complete"]), ("l48", 731, 48, 779, True),
          "what she holds")
    equal((found["experimental"], found["toy"]), (True, "at once"), "what is said of the set")
    if not has_fplll():
        return
    found = learn("--key-out", path("eve.key"), "--budget", 240, status=0)
    equal([one["name"] for one in found["learners"]], ["primal"], "learners that run by themselves")
    equal(found["learners"][0]["status"], "solved", "status")
    check(found["learners"][0]["risk"] < 0.1, found)
    equal(base64.b64decode(found["key"]), key_of("bob.key"), "key")
    equal((found["n"], found["theta"]), (48, None), "of the set")
    missed = missed_by(found["secret"], 779)
    check(missed < 0.1, "the secret misses", missed)
    check("the chat of a toy" in eve("read", path("tap.pcap"), "--key", path("eve.key")), "she does not read the chat")


def she_fails_at_the_real_set():
    session("l640")
    found = learn("--learner", "primal,guess,logistic", "--budget", 6, "--threads", 1, status=1)
    check(not found["key_recovered"] and found["key"] is None, found)
    for learner in found["learners"]:
        if learner["status"] != "not-applicable":
            equal(learner["status"], "out-of-budget", learner["name"])
            if learner["risk"] is not None:
                like_a_coin(learner)
    primal = found["learners"][0]
    if has_fplll():
        check(primal["risk"] is not None, primal)
        check("BKZ-473" in primal["reason"] and "2^138" in primal["reason"] and "Alkim et al. 2016" in primal["reason"], primal)
    said = eve("learn", path("tap.pcap"), "--learner", "isd", "--budget", 2, status=1)
    check("isd       not-applicable it does not learn the task lwe" in said, said)
    check("set l640 (experimental), " in said, said)
    equal(inspect(path("tap.pcap"))["sessions"][0]["toy"], None, "a real set is no toy")
    eve("learn", path("tap.pcap"), "--learner", "svp", status=64)
    tasks = {line.split()[0]: line.rsplit("; for ", 1)[1] for line in eve.said.splitlines()[1:]}
    equal((tasks["primal"], tasks["isd"], tasks["gauss"], tasks["logistic"]), ("lwe", "lpn, ring", "lpn", "lpn, ring, lwe"),
          "the tasks of her learners")


def samples_for_other_tools():
    """As text and for numpy: the same numbers."""
    session("l32")
    lines = eve("export", path("tap.pcap")).splitlines()
    head = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# "))
    rows = [[int(number) for number in line.split(" ")] for line in lines if not line.startswith("#")]
    equal((head["params"], head["n"], head["plain"], head["composed"], head["modulus"]), ("l32", "32", "549", "32", "65536"), "head")
    equal((len(rows), {len(row) for row in rows}), (581, {33}), "rows of n numbers and a label")
    said = eve("learn", path("tap.pcap"), "--learner", "isd", status=1)
    check("set l32 (experimental, a toy), " in said, said)
    check(all(number < 65536 for row in rows for number in row), "a number that is too large")
    check(len({number >> 8 for row in rows for number in row}) == 256, "numbers that do not look uniform")
    eve("export", path("tap.pcap"), "--format", "npz", "--output", path("x.npz"))
    with zipfile.ZipFile(path("x.npz")) as z:
        check(z.testzip() is None, "a damaged member in the npz")
        equal(sorted(z.namelist()), ["modulus.npy", "n.npy", "plain.npy", "risk.npy", "x.npy", "z.npy"], "arrays")
        x, labels = z.read("x.npy"), z.read("z.npy")
    check(b"'<u2'" in x[:128] and b"(581,32,)" in x[:128], x[:128])
    equal(struct.unpack("<%dH" % (581 * 32), x[-2 * 581 * 32:]), tuple(n for row in rows for n in row[:-1]), "x")
    equal(struct.unpack("<581H", labels[-2 * 581:]), tuple(row[-1] for row in rows), "z")


def nothing_outlives_eve():
    session("l32")
    kept = os.environ["PATH"]
    os.mkdir(path("bin"))
    with open(path("bin/fplll"), "w", encoding="ascii") as f:
        f.write("#!/bin/sh\necho $$ > %s\nexec sleep 1000\n" % path("pid"))
    os.chmod(path("bin/fplll"), 0o700)
    try:
        os.environ["PATH"] = path("bin") + ":" + kept
        found = learn("--budget", 5, status=1)
        os.environ["PATH"] = path("empty")
        missing = learn("--budget", 100, status=1)
    finally:
        os.environ["PATH"] = kept
    equal(found["learners"][0]["status"], "out-of-budget", "status")
    with open(path("pid"), encoding="ascii") as f:
        pid = int(f.read())
    wait_until(lambda: not os.path.exists("/proc/%d" % pid), 60, "the program to be gone")
    equal((missing["learners"][0]["status"], missing["learners"][0]["reason"]),
          ("not-applicable", "the program fplll is missing: apt-get install fplll-tools"), "without fplll")


def currencies_are_kept_apart():
    found = json.loads(eve("estimate", "--budget", 0, "--params", "l640", "--json"))
    equal(found["sets"], [], "sets of LPN")
    one = found["lwe"][0]
    equal((one["params"], one["block_size"], round(one["core_svp_log2"]), round(one["core_svp_quantum_log2"])), ("l640", 473, 138, 125),
          "the estimate")
    found = json.loads(eve("estimate", "--budget", 0, "--json"))
    equal((len(found["lwe"]), len(found["ring"])), (13, 8), "sets of LWE and of the ring task")
    check(all("core_svp_log2" not in one for one in found["sets"]), "core-SVP for LPN")
    said = eve("estimate", "--budget", 0, "--params", "n2048")
    check("core-SVP" not in said, said)
    said = eve("estimate", "--budget", 0, "--params", "l640")
    check("2^135" in said and "not computed" in said and "Gauss" not in said, said)
    eve("estimate", "--budget", 0, "--params", "l641", status=64)


run(she_reads_the_chat_of_a_toy, she_fails_at_the_real_set, nothing_outlives_eve, samples_for_other_tools, currencies_are_kept_apart)
