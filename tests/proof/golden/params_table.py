#!/usr/bin/env python3
"""Compares the parameter tables in proto/WIRE.md with the code's.

usage: params_table.py PROGRAM WIRE.md [--write]    (--write puts the code's rows into the document)
"""
import itertools
import re
import subprocess
import sys

ROW = re.compile(r"\| ([a-z])\d+ \|")
rows = subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout.splitlines()
tables = {task: list(group) for task, group in itertools.groupby(rows, lambda row: ROW.match(row).group(1))}
with open(sys.argv[2], encoding="utf-8") as f:
    text = f.read().splitlines()
written = []
for task, group in itertools.groupby(text, lambda line: ROW.match(line) and ROW.match(line).group(1)):
    written += tables.pop(task, []) if task else group
if tables:
    sys.exit("WIRE.md has no table for the sets of " + ", ".join(sorted(tables)))
if "--write" in sys.argv:
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        f.write("\n".join(written) + "\n")
elif written != text:
    print("WIRE.md and the tables of common/task differ:")
    print("\n".join(rows))
    sys.exit(1)
