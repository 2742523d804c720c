#!/usr/bin/env python3
"""Counts what a run of meson's tests gave: count.py TESTLOG.JSON SUITE...

The first line is "PASSED FAILED SKIPPED", of the suites together. Then comes a line for each suite with its numbers and the
time of its tests one after the other, and under it a line for each test that did not pass, with its last words; then the
end of what the failed ones printed. Only OK and SKIP are not failures: a test that was interrupted has failed, and so has a
suite of which no test ran, or a log that is missing or ends in mid-line."""

import json
import sys

SHOWN = 60 # lines of each failed test


def printed(test):
    return ((test.get("stdout") or "") + "\n" + (test.get("stderr") or "")).strip().splitlines()


def last_words(test, starts=None):
    """The last line that TEST printed, one that begins with one of STARTS if there is any; None if it printed nothing."""
    said = printed(test)
    reasons = [line for line in said if starts and line.startswith(starts)]
    return (reasons or said or [None])[-1]


def read(path):
    """The tests of the log at PATH, and what is wrong with the log itself or None."""
    tests = []
    try:
        with open(path, encoding="utf-8", errors="backslashreplace") as log:
            for number, line in enumerate(log, 1):
                try:
                    tests.append(json.loads(line))
                except ValueError:
                    return tests, "line %d of %s is cut off or no JSON" % (number, path)
    except OSError as error:
        return tests, "no log of tests: %s" % error
    return tests, None


def suites_of(test):
    """meson names a test "PROJECT:SUITE+SUITE / NAME"."""
    return test["name"].partition(" / ")[0].partition(":")[2].split("+")


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: count.py TESTLOG.JSON SUITE...")
    tests, wrong = read(sys.argv[1])
    total = [0, 0, 0]
    lines, output = [], []
    for suite in sys.argv[2:]:
        mine = [test for test in tests if suite in suites_of(test)]
        count = [0, 0, 0]
        said = []
        for test in mine:
            name = test["name"].partition(" / ")[2]
            if test["result"] == "OK":
                count[0] += 1
            elif test["result"] == "SKIP":
                count[2] += 1
                said.append("  skipped: %s: %s" % (name, last_words(test) or "no reason given"))
            else:
                count[1] += 1
                said.append("  FAILED:  %s (%s): %s" % (name, test["result"],
                                                        last_words(test, ("FAIL ", "[   LINE   ]")) or "it said nothing"))
                output += ["--- " + name] + printed(test)[-SHOWN:]
        if not mine:
            count[1] += 1
            said.append("  FAILED:  no test of this suite ran")
        lines.append("%-10s %5.0f s   %d passed, %d failed, %d skipped" % (
            suite, sum(test.get("duration") or 0 for test in mine), *count))
        lines += said
        total = [a + b for a, b in zip(total, count)]
    if wrong:
        total[1] += 1
        lines.append("  FAILED:  " + wrong)
    print(*total)
    print("\n".join(lines + output))


if __name__ == "__main__":
    main()
