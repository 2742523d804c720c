"""The order of the steps is written once, in proto/order.c; whoever lists it elsewhere has to list the same.

usage: order.py PRINTER ROOT, where PRINTER prints the table, a step a line
"""

import pathlib
import re
import subprocess
import sys

table = [line.split() for line in subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout.splitlines()]
root = pathlib.Path(sys.argv[2])
steps = [row[0] for row in table]
assert len(steps) == 8 and len(set(steps)) == 8, steps
failures = []


def listed(path, pattern, expected, flags=0):
    """All matches of a pattern with one group (or several) in a file, against what the table says."""
    text = (root / path).read_text(encoding="utf-8")
    got = re.findall(pattern, text, flags)
    if got != expected:
        failures.append(f"{path}: {got} where proto/order.c says {expected}")


def names(path, pattern):
    """A list of quoted steps in one expression."""
    text = (root / path).read_text(encoding="utf-8")
    found = re.search(pattern, text, re.S)
    got = re.findall(r'"([AB]\d)"', found.group(1)) if found else None
    if got != steps:
        failures.append(f"{path}: {got} where proto/order.c says {steps}")


names("eve/web/state.js", r"const ORDER = \[(.*?)\]")
names("tests/lib/parley.py", r"STEPS = \[(.*?)\]")
listed("eve/web/story.js", r"^  ([AB]\d): \{$", steps, re.M)
listed("proto/parley.lua", r'"([AB]\d) (\w+)"', [(row[0], row[-1]) for row in table])
listed("proto/WIRE.md", r"^\| ([AB]\d) \| (\w+) \| 1[^|]*?(\w+) \|", [(r[0], r[1], r[-1]) for r in table], re.M)
for failure in failures:
    print("FAIL", failure)
print(f"{len(table)} steps")
sys.exit(bool(failures))
