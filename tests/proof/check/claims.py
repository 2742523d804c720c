#!/usr/bin/env python3
"""The table of claims in SECURITY.md: each row names a test that this build has. claims.py SECURITY.MD BUILD MESON...

A row is "| claim | `Test`, `Other test` |" under the heading "Claims". Before that, tables which are wrong must be found
to be so."""

import json
import re
import subprocess
import sys


def table(text):
    """(claim, tests) of each row; an error if there is no table."""
    part = re.search(r"^## Claims\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    rows = [line for line in part[1].splitlines() if line.startswith("|")] if part else []
    if len(rows) < 3 or not re.fullmatch(r"[|\- ]+", rows[1]):
        return None
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]
    return [(row[0], re.findall(r"`([^`]+)`", row[-1]) if len(row) == 2 else []) for row in cells]


def problems_of(text, tests):
    rows = table(text)
    if rows is None:
        return ["there is no table of claims"]
    found = ["no test backs: " + claim for claim, named in rows if not named]
    found += ["no test is called %s: %s" % (name, claim) for claim, named in rows for name in named if name not in tests]
    claims = [claim for claim, _ in rows]
    return found + ["twice in the table: " + claim for claim in sorted(set(claims)) if claims.count(claim) > 1]


def self_test():
    good = "## Claims\n\n| claim | test |\n|---|---|\n| It holds. | `Agree`, `Two words` |\n\n## Next\n| a | `none` |\n"
    tests = {"Agree", "Two words"}
    for text, wanted in ((good, 0), (good.replace("`Agree`", "`Agre`"), 1), (good.replace("`Agree`, `Two words`", "soon"), 1),
                         (good.replace("## Claims", "## Claim"), 1), ("", 1), (good.replace("|---|---|\n", ""), 1),
                         (good.replace("| It", "| It holds. | `Agree` |\n| It"), 1), (good.replace("It holds.", "It | holds."), 1)):
        found = problems_of(text, tests)
        if len(found) != wanted:
            sys.exit("FAIL %d problems instead of %d (%s) of\n%s" % (len(found), wanted, found, text))


def main():
    self_test()
    path, build, *meson = sys.argv[1:]
    listed = subprocess.run([*meson, "introspect", "--tests", build], stdout=subprocess.PIPE, check=True).stdout
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = problems_of(text, {test["name"] for test in json.loads(listed)})
    print("\n".join("FAIL " + problem for problem in found) or "%d claims" % len(table(text)))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
