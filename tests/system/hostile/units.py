"""The systemd units: systemd finds nothing wrong with them, and rates how little they may do.

usage: units.py FOLDER UNIT..."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

WORST = 2.0  # of systemd's exposure, 0 ... 10: "OK" ends here


def main():
    if not shutil.which("systemd-analyze"):
        print("there is no systemd-analyze here")
        return 77
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for source in sys.argv[2:]:
            with open(source, encoding="utf-8") as f:
                text = f.read()
            if "@bindir@" in text or "@hardening@" in text:
                print("FAIL  %s: not filled in" % source)
                failures += 1
            if not re.search(r"(?m)^SystemCallFilter=[^~\n]*\bseccomp\b", text):
                print("FAIL  %s: the program may not load a filter of its own" % source)
                failures += 1
            # not installed yet: what is to be started is where it was built
            text = re.sub(r"(?m)^ExecStart=\S*/(alice|bob) ", lambda m: "ExecStart=%s/%s/%s " % ((sys.argv[1],) + m.groups() * 2), text)
            name = os.path.basename(source)
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            out = subprocess.run(["systemd-analyze", "--no-pager", "--man=no", "verify", path], capture_output=True, text=True,
                                 timeout=120, check=False)
            mine = [line for line in (out.stdout + out.stderr).splitlines() if "parley" in line]
            if mine or out.returncode:
                print("FAIL  verify %s: %s" % (name, "\n      ".join(mine or [out.stderr])))
                failures += 1
            out = subprocess.run(["systemd-analyze", "--no-pager", "--offline=true", "security", path], capture_output=True,
                                 text=True, timeout=120, check=False)
            rating = re.search(r"Overall exposure level .*: ([0-9.]+)", out.stdout)
            print("%s: exposure %s" % (name, rating and rating.group(1)))
            if not rating:
                print("FAIL  no rating: %s" % out.stderr)
                failures += 1
            elif float(rating.group(1)) > WORST:
                print("FAIL  exposure of %s: more than %.1f" % (name, WORST))
                failures += 1
    return 1 if failures else 0


sys.exit(main())
