"""The pages of the manual are made from their sources, and man shows them without complaint.

usage: manual.py SCDOC"""

import os
import shutil
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SECURITY", "SEE ALSO"]

for name in ("alice", "bob", "eve"):
    with open(os.path.join(TOP, "eve/cli" if name == "eve" else name, name + ".1.scd"), "rb") as f:
        page = subprocess.run([sys.argv[1]], stdin=f, capture_output=True, timeout=300)
    if page.returncode or page.stderr:
        sys.exit("scdoc on %s.1.scd: %s" % (name, page.stderr.decode()))
    headings = [line[4:].strip(b'"').decode() for line in page.stdout.splitlines() if line.startswith(b".SH ")]
    missing = [title for title in SECTIONS if title not in headings]
    if missing or headings[-1] != "SEE ALSO":
        sys.exit("%s.1 has the sections %s" % (name, headings))
    if shutil.which("man"):
        shown = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", "-"], input=page.stdout,
                               capture_output=True, timeout=300, env=dict(os.environ, LC_ALL="C.UTF-8", MANWIDTH="80"))
        if shown.returncode or shown.stderr:
            sys.exit("man on %s.1: %s" % (name, shown.stderr.decode()))
if not shutil.which("man"):
    print("there is no man here to show the pages")
    sys.exit(77)
