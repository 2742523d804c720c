"""What is made wrong on purpose shows: each claim of each experiment of eve lab is violated by each of the faults that
`--fault list` has for it, and by no other; a claim that has none there fails this test.

The experiments are those that `eve lab` names, at the smallest sizes. With PARLEY_LONG also at sizes at which the other
claims are made: then no line of a list may be left. With --one, or with sanitizers, one fault for each experiment."""

import json
import os
import re
import shutil
import sys

from eve import check, eve, parley, path
from parley import equal, read, run

SEED = "d4" * 32
LONG = "PARLEY_LONG" in os.environ

# Options of the runs, if the smallest size has too few sets for a fit, or too many to wait for; and, where one fault is
# what a run is for, that.
RUNS = {
    "risk": [(["--sets", "n64,r509,l32"], None)],
    "agreement": [(["--sets", "n64,r509,l32"], None), (["--sets", "n1024"], {"eve"})],
    "hardness": [(["--sets", "64,192,r509,l32", "--budget", "1"], {"eve", "learner", "theta"}),
                 (["--sets", "128,192,224,512,1024", "--budget", "0.6"], {"clock"}), (["--sets", "l32,l48"], {"clock"})],
    "oneway": [(["--sets", "64,r509,l32", "--budget", "0.05"], {"eve", "formula", "learner", "theta"}),
               (["--sets", "64,96,128,160,192,ring,l32,l48,l64,l80,l96", "--budget", "0.3"], {"clock"})],
    "statistical": [(["--sets", "64,128,512"], None)],
    "window": [(["--sets", "64,512", "--budget", "0.3"], None)],
}
# Of one fault alone: what that takes.
ONE_FAULT_RUNS = {
    "hardness": ["--sets", "64,128,r509,l32", "--budget", "0.2"],
    "oneway": ["--sets", "64,r509,l32", "--budget", "0.05"],
    "window": ["--sets", "64,256", "--budget", "0.05"],
    "scale": ["--sets", "n64,r509,l32"],
}
# The faults that break more than what a claim is about: what they violate besides is not looked at. What Eve does not find
# in oneway has no time.
BROAD = {"learner", "theta", "quiet"}
BROAD_IN = {"oneway": {"eve"}}
# What is claimed only of larger runs; with PARLEY_LONG those follow.
LATER = {"scale": [" alices at once bob completes "]}
LATER_RUNS = {"scale": [(["--quick"], {"clock"})]}


def experiments():
    eve("lab", status=64)
    names = re.findall(r"^  ([a-z]+) +(?:[\d.]+ \w+|\?) +(?:[\d.]+ \w+|\?)$", eve.said, re.M)
    check(len(names) >= 10, eve.said)
    return names


def breaks(experiment):
    """{words: faults}, in the order of the list."""
    head, *lines = eve("lab", experiment, "--fault", "list").splitlines()
    check(head.split()[0] == "--fault" and lines, head)
    return {line[18:]: set(line[2:18].strip().split(",")) - {""} for line in lines}


def lab(experiment, out, options, fault=None):
    fault_options = ["--fault", fault] if fault else []
    if experiment == "scale":
        fault_options += ["--programs", os.path.dirname(os.path.dirname(parley.ALICE))]
    size = [] if "--quick" in options else ["--check-size"]
    eve("lab", experiment, *size, "--seed", SEED, "--threads", 2, "--out", path(out), *options, *fault_options,
        status=1 if fault else 0, seconds=900)
    result = json.loads(read(os.path.join(out, "result.json")))
    equal(result["manifest"]["fault"], fault or "none", "fault in the manifest")
    return result["claims"]


def words_of(claim, listed):
    found = [words for words in listed if words in claim["text"]]
    check(len(found) == 1, "a claim with the words of %d lines of the list" % len(found), claim["text"])
    check(listed[found[0]], "a claim that no fault violates", claim["text"])
    equal(set(claim["faults"]), listed[found[0]], "faults in the result")
    return found[0]


def counts(claims, listed):
    """How many claims there are of each line, and how many of these are violated."""
    all_claims, violated = {}, {}
    for claim in claims:
        words = words_of(claim, listed)
        all_claims[words] = all_claims.get(words, 0) + 1
        violated[words] = violated.get(words, 0) + (not claim["holds"])
    return all_claims, violated


def every_claim(experiment):
    listed = breaks(experiment)
    faults = sorted(set().union(*listed.values()))
    seen, done = set(), 0
    runs = RUNS.get(experiment, [([], None)]) + (LATER_RUNS.get(experiment, []) if LONG else [])
    for number, (options, only) in enumerate(runs):
        honest, none = counts(lab(experiment, "%s%d" % (experiment, number), options), listed)
        check(not any(none.values()), none)
        seen |= set(honest)
        for fault in faults:
            concerned = {words for words in honest if fault in listed[words]}
            if not concerned or (only and fault not in only):
                continue
            made, violated = counts(lab(experiment, "%s%d-%s" % (experiment, number, fault), options, fault), listed)
            for words in concerned:  # how many are made may depend on the run: memory that nothing was added to has no fit
                check(made.get(words), "%s --fault %s: nothing is claimed with '%s'" % (experiment, fault, words))
                equal(violated[words], made[words], "%s --fault %s: violated of '%s'" % (experiment, fault, words))
            if fault not in BROAD | BROAD_IN.get(experiment, set()):
                other = {words for words, count in violated.items() if count} - concerned
                check(not other, "%s --fault %s violates what it is not about:" % (experiment, fault), other)
            done += 1
    print("%s: %d of %d kinds of claim, %d runs with a fault" % (experiment, len(seen), len(listed), done), flush=True)
    equal([words for words in listed if words not in seen], [] if LONG else LATER.get(experiment, []), "lines without a claim")


def one_fault(experiment):
    listed = breaks(experiment)
    options = ONE_FAULT_RUNS.get(experiment) or RUNS.get(experiment, [([], None)])[0][0]
    faults = set().union(*listed.values())
    fault = "learner" if "learner" in faults else min(faults)
    all_claims, violated = counts(lab(experiment, experiment, options, fault), listed)
    concerned = [words for words in all_claims if fault in listed[words]]
    check(concerned, "%s --fault %s: nothing is claimed that it violates" % (experiment, fault))
    for words in concerned:
        equal(violated[words], all_claims[words], "%s --fault %s: violated of '%s'" % (experiment, fault, words))


def others_are_refused():
    eve("lab", "trimodal", "--check-size", "--fault", "clock", "--out", path("none"), status=64)
    check("trimodal: --fault: it has no 'clock'; `eve lab trimodal --fault list`" in eve.said, eve.said)
    check(not os.path.exists(path("none")), "a folder of a run that was refused")


def all_of_them():
    os.makedirs(path("bin"), exist_ok=True)
    fplll = shutil.which("fplll")
    if fplll:
        os.symlink(fplll, path("bin/fplll"))
    os.environ["PATH"] = path("bin")  # no gnuplot: it takes as long as all else
    names, here = experiments(), [a.split("=", 1)[1].split(",") for a in sys.argv if a.startswith("--all=")]
    for known in here:
        equal(sorted(names), sorted(known), "experiments of eve lab, and those that are tested")
    only = [a.split("=", 1)[1] for a in sys.argv if a.startswith("--only=")]
    for experiment in only or names:
        (one_fault if (parley.SANITIZED or "--one" in sys.argv) and not LONG else every_claim)(experiment)


run(others_are_refused, all_of_them)
