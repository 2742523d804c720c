#!/usr/bin/env python3
"""Compares section 9 of proto/WIRE.md with what the code computes.

usage: examples.py PROGRAM WIRE.md [--write]    (--write puts the code's examples into the document)
"""
import subprocess
import sys

HEADING = "## 9. Golden examples\n"
INTRODUCTION = "Bytes in hex, in the order of the wire; long ones go on in the next line.\n\n"

examples = INTRODUCTION + subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout
with open(sys.argv[2], encoding="utf-8") as f:
    before, _, after = f.read().partition(HEADING)
if "--write" in sys.argv:
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        f.write(before + HEADING + examples)
elif after != examples:
    print("WIRE.md and the code differ. The code says:")
    print(examples)
    sys.exit(1)
