"""One version: in meson.build, CHANGELOG.md, CITATION.cff, the Debian changelog, and in what the programs say.

usage: version.py PROGRAM..."""

import os
import re
import subprocess
import sys

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PLACES = {
    "meson.build": r"^  version: '([0-9.]+)'",
    "CHANGELOG.md": r"^## ([0-9.]+)",
    "CITATION.cff": r"^version: ([0-9.]+)$",
    ".packaging/debian/changelog": r"^parley \(([0-9.]+)\)",
}

found = {}
for name, pattern in PLACES.items():
    with open(os.path.join(TOP, name), encoding="utf-8") as file:
        match = re.search(pattern, file.read(), re.M)
    found[name] = match and match.group(1)
for program in sys.argv[1:]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60).stdout
    match = re.search(r"\b\d+\.\d+\.\d+\b", said)
    found[os.path.basename(program)] = match and match.group(0)
print("\n".join("%-30s %s" % place for place in found.items()))
if len(set(found.values())) != 1 or None in found.values() or len(found) < 7:
    sys.exit("FAIL the versions differ")
