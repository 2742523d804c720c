"""What is listed where people look for it: the parameter sets, the learners and the experiments that there are stand in
the completions, the pages of the manual and the documentation, all of them and no other.

usage: names.py ALICE EVE"""

import os
import re
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SHELLS = [folder + name for folder in ("alice/alice", "bob/bob", "eve/cli/eve") for name in (".bash", ".zsh", ".fish")]
problems = []

# The tasks, by letter, whose learner has a bound on how often it fails: it is not measured.
BOUNDED = "l"


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def same(found, expected, what):
    for name in sorted(set(expected) - set(found)):
        problems.append("%s lacks %s" % (what, name))
    for name in sorted(set(found) - set(expected)):
        problems.append("%s has %s, which does not exist" % (what, name))


def said(*command):
    """What a program says of a name that it does not know; status 64."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if result.returncode != 64:
        sys.exit("FAIL %s: status %d, %r" % (command, result.returncode, result.stderr))
    return result.stderr


def listed(*command):
    return re.findall(r"^  ([a-z]+) ", said(*command), re.M)


def main():
    alice, eve = sys.argv[1:]
    sets = re.findall(r"\b[a-z]\d+\b", said(alice, "--params", "x").split("there are")[1])
    assert len(sets) >= 30, sets
    name = "[" + "".join(sorted({s[0] for s in sets})) + r"]\d+"  # a task is a letter

    def sets_of(text):
        return re.findall(r"\b%s\b" % name, text)

    same(re.findall(r"^\| (%s) \| \d+ \| \d+ \|" % name, read("proto/WIRE.md"), re.M), sets, "proto/WIRE.md")
    for path in SHELLS:
        same(sets_of(read(path)), sets, path)
    for path in ("alice/alice.1.scd", "bob/bob.1.scd"):
        same(sets_of(re.search(r"^\*--params\*.*?(?=^\*--)", read(path), re.M | re.S)[0]), sets, path + ", --params")
    for path in ("README.md", "proto/DESIGN.md"):
        same(sets_of("\n".join(re.findall(r"^\| (%s.*?) \|" % name, read(path), re.M))), sets, "the tables of " + path)
    same(re.findall(r"^\| (%s) \|" % name, read("tests/bench/measure/README.md"), re.M),
         [s for s in sets if s[0] not in BOUNDED], "the tables of tests/bench/measure/README.md")
    same(re.findall(r"<option[^>]*>(%s)</option>" % name, read("eve/web/index.html")), sets, "eve/web/index.html")

    learners = listed(eve, "learn", "--learner", "?", os.devnull)
    ours = [name for name in learners if name != "exec"]
    assert "isd" in ours and "exec" in learners, learners
    for shell in (".bash", ".zsh", ".fish"):
        same(re.search(r"\ball (gauss [a-z ]+)", read("eve/cli/eve" + shell))[1].split(), ours, "eve/cli/eve" + shell)
    page = re.search(r"^# LEARNERS\n(.*?)^# ", read("eve/cli/eve.1.scd"), re.M | re.S)[1]
    same([name for line in re.findall(r"^\*.*", page, re.M) for name in re.findall(r"\*([a-z]+):?\*", line)], learners,
         "LEARNERS of eve.1")
    help_text = subprocess.run([eve, "learn", "--help"], capture_output=True, text=True, check=True, timeout=300).stdout
    words = re.search(r"which learners: (.*?) or all", help_text, re.S)[1]
    same(re.findall(r"\b[a-z]+\b", words), learners, "eve learn --help")
    rows = re.search(r"^## The learners\n(.*?)^## ", read("eve/README.md"), re.M | re.S)[1]
    same(re.findall(r"`([a-z]+)[`:]", "\n".join(re.findall(r"^\| (`.*?) \|", rows, re.M))), learners, "eve/README.md")

    experiments = [name for name in listed(eve, "lab", "?") if name not in ("merge", "plot")]
    assert "risk" in experiments, experiments
    same(re.findall(r"^\| `([a-z]+)` \|", read("eve/lab/README.md").split("## What a run leaves")[0], re.M), experiments,
         "eve/lab/README.md")
    sentence = re.search(r"`eve lab ([a-z]+)`((?:, `[a-z]+`)+)", read("README.md"))
    same([sentence[1]] + re.findall(r"`([a-z]+)`", sentence[2]), experiments, "README.md")
    print("\n".join("FAIL " + problem for problem in problems) or "%d sets, %d learners, %d experiments"
          % (len(sets), len(learners), len(experiments)))
    sys.exit(1 if problems else 0)


main()
