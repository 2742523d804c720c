#!/usr/bin/env python3
"""What ./check says of its tests is what they did. The logs are meson's own, of a project with one test of each kind, and
logs that are empty, cut off or missing: test_count.py COUNT.PY MESON"""

import os
import subprocess
import sys
import tempfile

COUNT, MESON = os.path.abspath(sys.argv[1]), sys.argv[2:]
PROJECT = """project('p')
sh = find_program('sh')
test('Good', sh, args: ['-c', 'echo FAIL is what a good test may say'], suite: 'one')
test('Both', sh, args: ['-c', 'exit 0'], suite: 'one')
test('Bad', sh, args: ['-c', 'echo FAIL a reason; echo more; exit 1'], suite: 'two')
test('Silent', sh, args: ['-c', 'exit 1'], suite: 'two')
test('Broken', sh, args: ['-c', 'exit 99'], suite: 'two')
test('Skipped', sh, args: ['-c', 'echo first; echo no cheese; exit 77'], suite: 'two')
test('Slow', sh, args: ['-c', 'echo waits; exec sleep 60'], suite: 'three', timeout: 1)
"""


def expect(log, suites, numbers, *lines):
    run = subprocess.run([sys.executable, COUNT, log, *suites], stdout=subprocess.PIPE, text=True, check=True)
    said = run.stdout.splitlines()
    if said[0] != numbers:
        sys.exit("FAIL %s %s: %r, expected %r\n%s" % (log, suites, said[0], numbers, run.stdout))
    for line in lines:
        if not any(line in one for one in said[1:]):
            sys.exit("FAIL %s %s: no line with %r\n%s" % (log, suites, line, run.stdout))


def main():
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/meson.build", "w", encoding="utf-8") as file:
            file.write(PROJECT)
        build = folder + "/build"
        subprocess.run([*MESON, "setup", build, folder], stdout=subprocess.DEVNULL, check=True)
        subprocess.run([*MESON, "test", "-C", build], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        log = build + "/meson-logs/testlog.json"
        expect(log, ["one"], "2 0 0", "2 passed, 0 failed, 0 skipped")
        expect(log, ["two"], "0 3 1", "FAILED:  Bad (FAIL): FAIL a reason", "FAILED:  Silent (FAIL): it said nothing",
               "FAILED:  Broken (ERROR)", "--- Bad", "more", "skipped: Skipped: no cheese")
        expect(log, ["three"], "0 1 0", "FAILED:  Slow (TIMEOUT): waits")
        expect(log, ["one", "two", "three"], "2 4 1")
        expect(log, ["one", "four"], "2 1 0", "no test of this suite ran")

        with open(log, encoding="utf-8") as file:
            whole = file.read()
        for name, text, numbers, line in (
                ("empty", "", "0 2 0", "no test of this suite ran"),
                ("cut", whole[:whole.rindex("{") + 40], None, "is cut off or no JSON"),
                ("interrupted", whole.replace('"OK"', '"INTERRUPT"'), "0 2 0", "(INTERRUPT)")):
            path = folder + "/" + name
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            suites = ["one", "two"] if name == "empty" else ["one"]
            if numbers:
                expect(path, suites, numbers, line)
            else: # which line is cut depends on the order of the ends; that one is a failure in any case
                run = subprocess.run([sys.executable, COUNT, path, *suites], stdout=subprocess.PIPE, text=True, check=True)
                if line not in run.stdout or run.stdout.split()[1] == "0":
                    sys.exit("FAIL a log that is cut off passes:\n" + run.stdout)
        expect(folder + "/missing", ["one"], "0 2 0", "no log of tests")
    print("counted")


if __name__ == "__main__":
    main()
