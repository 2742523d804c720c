"""The conversations of a test of tests/pair, had once more by Alice in WebAssembly: the second driver of them.

usage: recorded.py PROGRAM WASM...    PROGRAM is the test with record.c in front of its sessions"""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "../../.."))
PROGRAM, *BUILT = sys.argv[1:]
if not shutil.which("node"):
    print("there is no node: Alice in a browser is not tried")
    sys.exit(77)
with tempfile.TemporaryDirectory(prefix="parley-recorded-") as folder:
    record = os.path.join(folder, "record")
    test = subprocess.run([PROGRAM], env=dict(os.environ, PARLEY_RECORD=record), capture_output=True, text=True, check=False)
    if test.returncode:
        sys.exit("FAIL the test itself\n%s%s" % (test.stdout, test.stderr))
    print("".join(line + "\n" for line in test.stdout.splitlines() if "PARLEY_TEST_SEED" in line), end="", flush=True)
    for wasm in BUILT:
        done = subprocess.run(["node", os.path.join(HERE, "recorded.mjs"), os.path.join(TOP, "alice/browser"), wasm, record], check=False)
        if done.returncode:
            sys.exit(done.returncode)
