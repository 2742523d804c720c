"""The conversations of a test of tests/pair, had once more by Alice in WebAssembly while they are recorded: the second driver of them.

usage: recorded.py WASM[,WASM...] PROGRAM ARGUMENT...    PROGRAM is the test with record.c in front of its sessions"""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "../../.."))
BUILT, *TEST = sys.argv[1:]
if not shutil.which("node"):
    print("there is no node: Alice in a browser is not tried")
    sys.exit(77)
end, record = os.pipe()
driver = subprocess.Popen(["node", os.path.join(HERE, "recorded.mjs"), os.path.join(TOP, "alice/browser"), *BUILT.split(",")], stdin=end)
os.close(end)
test = subprocess.run(TEST, env=dict(os.environ, PARLEY_RECORD="/dev/fd/%d" % record), pass_fds=[record], capture_output=True, text=True, check=False)
os.close(record)
failed = driver.wait()
print("".join(line + "\n" for line in test.stdout.splitlines() if "PARLEY_TEST_SEED" in line), end="", flush=True)
if test.returncode and not failed:  # it may have failed for nobody reads on
    sys.exit("FAIL the test itself\n%s%s" % (test.stdout, test.stderr))
sys.exit(failed)
