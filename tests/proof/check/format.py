"""Every C file is as clang-format writes it, by .clang-format. Before that, a file that is not must be found to be so.
Versions of clang-format differ: where it is another one than Debian 12 has, the test is skipped.

usage: format.py CLANG-FORMAT"""

import os
import subprocess
import sys

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".."))
VERSION = 14
FOLDERS = ("alice", "bob", "common", "eve", "proto", "tests")


def sources():
    for top in FOLDERS:
        for folder, folders, files in os.walk(os.path.join(TOP, top)):
            folders[:] = [f for f in folders if f != "node_modules" and not f.startswith("build")]
            yield from (os.path.join(folder, name) for name in sorted(files) if name.endswith((".c", ".h")))


def complaints(arguments, text=None):
    """The lines that clang-format would write otherwise, as "FILE:LINE"."""
    result = subprocess.run([program, "--dry-run", *arguments], input=text, cwd=TOP, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit("FAIL clang-format: " + result.stderr)
    return [line.partition(": warning:")[0] for line in result.stderr.splitlines() if ": warning:" in line]


program = sys.argv[1] if len(sys.argv) > 1 else ""
if not program:
    print("there is no clang-format")
    sys.exit(77)
said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
if " %d." % VERSION not in said:
    print("this is not clang-format %d: %s" % (VERSION, said.strip()))
    sys.exit(77)
if not complaints(["--assume-filename=proto/order.c"], "int  f(void){return 1;}\n"):
    sys.exit("FAIL a line in another format was not found")
paths = list(sources())
found = complaints(paths)
print("\n".join("FAIL %s is not as clang-format %d writes it" % (os.path.relpath(line, TOP), VERSION) for line in found)
      or "%d files" % len(paths))
sys.exit(1 if found or len(paths) < 100 else 0)
