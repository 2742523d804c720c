"""The program is reproducible: built once more from a copy of the sources in another place, it has the same bytes.

usage: again.py TOP BUILD"""

import os
import shutil
import subprocess
import sys
import tempfile

TOP, BUILD = sys.argv[1:]
BUILT = os.path.join(BUILD, "alice/browser/alice.wasm")
if not os.path.exists(BUILT):
    print("there is no alice.wasm (see alice/browser/README.md)")
    sys.exit(77)
with tempfile.TemporaryDirectory(prefix="parley-again-") as folder:
    root, generated, packages, again = (os.path.join(folder, name) for name in ("a longer root", "generated", "packages", "again.wasm"))
    for name in ("common", "proto", "alice"):
        shutil.copytree(os.path.join(TOP, name), os.path.join(root, name))
    os.makedirs(generated + "/proto")
    for name in ("parley.pb-c.c", "parley.pb-c.h", "words.inc"):
        shutil.copy(os.path.join(BUILD, "proto", name), generated + "/proto")
    shutil.copytree(os.path.join(TOP, "build-packages"), packages)
    subprocess.run([os.path.join(root, "alice/browser/build.py"), again, "--simd", "--root", root, "--generated", generated,
                    "--packages", packages], check=True)
    with open(BUILT, "rb") as a, open(again, "rb") as b:
        one, other = a.read(), b.read()
    if one != other:
        where = next((i for i, (x, y) in enumerate(zip(one, other)) if x != y), min(len(one), len(other)))
        sys.exit("FAIL two builds differ, from byte %d on (%d and %d bytes)" % (where, len(one), len(other)))
print("two builds, %d bytes each, are the same" % len(one))
