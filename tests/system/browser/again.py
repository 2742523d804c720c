"""The programs are reproducible: built once more from a copy of the sources in another place, they have the same bytes.

usage: again.py TOP BUILD"""

import os
import shutil
import subprocess
import sys
import tempfile

TOP, BUILD = sys.argv[1:]
FOLDER = os.path.join(BUILD, "alice/browser")
PROGRAMS = {"alice": ["--simd"], "how": ["--how"]}  # as alice/browser/meson.build has them
if not os.path.exists(os.path.join(FOLDER, "alice.wasm")):
    print("there is no alice.wasm (see alice/browser/README.md)")
    sys.exit(77)
with tempfile.TemporaryDirectory(prefix="parley-again-") as folder:
    root, generated, packages = (os.path.join(folder, name) for name in ("a longer root", "generated", "packages"))
    for name in ("common", "proto", "alice", "bob"):
        shutil.copytree(os.path.join(TOP, name), os.path.join(root, name))
    os.makedirs(generated + "/proto")
    for name in ("parley.pb-c.c", "parley.pb-c.h", "words.inc"):
        shutil.copy(os.path.join(BUILD, "proto", name), generated + "/proto")
    shutil.copytree(os.path.join(TOP, "build-packages"), packages)
    for program, flags in PROGRAMS.items():
        again = os.path.join(folder, program + ".wasm")
        subprocess.run([os.path.join(root, "alice/browser/build.py"), again, *flags, "--root", root, "--generated", generated,
                        "--packages", packages], check=True)
        with open(os.path.join(FOLDER, program + ".wasm"), "rb") as a, open(again, "rb") as b:
            one, other = a.read(), b.read()
        if one != other:
            where = next((i for i, (x, y) in enumerate(zip(one, other)) if x != y), min(len(one), len(other)))
            sys.exit("FAIL two builds of %s differ, from byte %d on (%d and %d bytes)" % (program, where, len(one), len(other)))
        print("two builds of %s, %d bytes each, are the same" % (program, len(one)))
