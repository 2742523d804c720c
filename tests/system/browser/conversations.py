"""Runs conversations.mjs under node, where there is one and a program to try. usage: conversations.py PROGRAM"""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "../../.."))
for what, there in (("node", shutil.which("node")), ("alice.wasm (see alice/browser/README.md)", os.path.exists(sys.argv[1]))):
    if not there:
        print("there is no %s: Alice in a browser is not tried" % what)
        sys.exit(77)
sys.exit(subprocess.run(["node", os.path.join(HERE, "conversations.mjs"), os.path.join(TOP, "alice/browser"), sys.argv[1],
                         os.path.join(TOP, "tests/proof/golden")], check=False).returncode)
