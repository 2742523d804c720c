#!/usr/bin/env python3
"""Compares the parameter table in proto/WIRE.md with the code's.

usage: params_table.py PROGRAM WIRE.md [--write]    (--write puts the code's rows into the document)
"""
import subprocess
import sys

rows = subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout.splitlines()
with open(sys.argv[2], encoding="utf-8") as f:
    text = f.read().splitlines()
places = [i for i, line in enumerate(text) if line.startswith("| n") and line[3].isdigit()]
if "--write" in sys.argv:
    text[places[0] : places[-1] + 1] = rows
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        f.write("\n".join(text) + "\n")
elif [text[i] for i in places] != rows:
    print("WIRE.md and common/task/lpn/params.c differ:")
    print("\n".join(rows))
    sys.exit(1)
