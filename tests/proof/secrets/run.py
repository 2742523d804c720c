"""Runs the sessions of secrets.c under memcheck: nothing may be reported but what exceptions.supp lists, everything that
it lists is needed, and each leaky twin is caught.

usage: run.py PROGRAM EXCEPTIONS"""

import os
import re
import shutil
import subprocess
import sys

CAUGHT = 99
LEAKS = {"branch": "leaky_mask", "address": "leaky_lookup", "compare": "leaky_equal", "parity": "leaky_parity",
         "product": "leaky_product", "rotation": "leaky_rotation",
         "recipe": "leaky_recipe", "entry": "leaky_entry"}


def memcheck(mode):
    program, exceptions = sys.argv[1:]
    run = subprocess.run(["valgrind", "-s", "--error-exitcode=%d" % CAUGHT, "--suppressions=" + exceptions, program, mode],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True,
                         env=dict(os.environ, LC_ALL="C"))
    return run.returncode, run.stdout + run.stderr


def groups():
    """The names of the exceptions."""
    with open(sys.argv[2], encoding="utf-8") as f:
        return set(re.findall(r"^\{\n   (.*)$", f.read(), re.MULTILINE))


def main():
    if not shutil.which("valgrind"):
        print("there is no valgrind here")
        return 77
    failures = []
    status, text = memcheck("check")
    if status != 0:
        failures.append("the session: status %d\n%s" % (status, text[-20000:]))
    used = set(re.findall(r"used_suppression: +\d+ (.*?) \S+:\d+", text))
    print("exceptions that were needed: " + ", ".join(sorted(used & groups())))
    if groups() - used:
        failures.append("exceptions that nothing needs: " + ", ".join(sorted(groups() - used)))
    for mode, function in LEAKS.items():
        status, text = memcheck(mode)
        if status != CAUGHT or function not in text:
            failures.append("the leak '%s' in %s was not caught (status %d)" % (mode, function, status))
        else:
            print("caught: " + function)
    for failure in failures:
        print("FAIL  " + failure)
    return 1 if failures else 0


sys.exit(main())
