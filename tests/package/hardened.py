"""The programs have all that they call of libraries looked up at their start, in tables that cannot be written afterwards, and
no stack that can be executed.

usage: hardened.py PROGRAM..."""

import shutil
import subprocess
import sys


def problems_of(program):
    """What readelf says of its program headers and its dynamic section."""
    lines = subprocess.run(["readelf", "-W", "-l", "-d", program], capture_output=True, text=True, check=True).stdout.splitlines()
    words = [line.split() for line in lines]
    found = []
    if not any("BIND_NOW" in line or "(BIND_NOW)" in line for line in words):
        found.append("looks functions up at their first call (-z now)")
    if not any(line[:1] == ["GNU_RELRO"] for line in words):
        found.append("leaves its tables writable (-z relro)")
    stack = [line for line in words if line[:1] == ["GNU_STACK"]]
    if len(stack) != 1 or any("E" in word for word in stack[0][6:-1]):
        found.append("has a stack that can be executed")
    return ["%s %s" % (program, problem) for problem in found]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if not shutil.which("readelf"):
        print("there is no readelf")
        sys.exit(77)
    found = [problem for program in sys.argv[1:] for problem in problems_of(program)]
    print("\n".join(found))
    sys.exit(bool(found))


main()
