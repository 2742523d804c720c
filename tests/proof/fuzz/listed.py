#!/usr/bin/env python3
"""Every target that is built is run, has inputs, and is in the table of README.md: listed.py TARGET..."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from run import TARGETS  # noqa: E402


def main():
    built = set(sys.argv[1:])
    problems = ["run.py does not run " + name for name in sorted(built - set(TARGETS))]
    problems += ["run.py runs %s, which is not built" % name for name in sorted(set(TARGETS) - built)]
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
        rows = [line for line in file if line.startswith("| `")]
    for name in sorted(built):
        what = "`machine.c` (alice, bob)" if name in ("alice", "bob") else "`fuzz_%s.c`" % name
        if not any(line.startswith("| " + what) for line in rows):
            problems.append("README.md does not say what %s is" % name)
        corpus = os.path.join(HERE, "corpus", TARGETS.get(name, (0, name))[1])
        if not os.path.isdir(corpus) or not os.listdir(corpus):
            problems.append("%s has no inputs in %s" % (name, corpus))
    print("\n".join("FAIL " + problem for problem in problems) or "%d targets" % len(built))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
