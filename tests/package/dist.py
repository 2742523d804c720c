"""`meson dist`: the archive of a release builds and passes its own tests, here those that hang on the files of the tree and
on no machine; all of them with --all.

usage: dist.py [--all]"""

import glob
import os
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def must(*words):
    result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        sys.exit("%s\nFAIL %s ended with %d" % (result.stdout[-6000:], " ".join(words), result.returncode))
    return result.stdout


if subprocess.run(["git", "-C", TOP, "rev-parse", "HEAD"], capture_output=True).returncode != 0:
    print("this is no clone: there is nothing to make an archive from")
    sys.exit(77)
with tempfile.TemporaryDirectory(prefix="parley-dist-") as folder:
    clone, build, tree = (os.path.join(folder, name) for name in ("clone", "build", "tree"))
    must("git", "clone", "-q", TOP, clone)
    must("meson", "setup", "--buildtype=release", build, clone)
    if "--all" in sys.argv:
        must("meson", "dist", "-C", build, "--formats", "gztar")
    else:
        must("meson", "dist", "-C", build, "--formats", "gztar", "--no-tests")
        os.mkdir(tree)
        must("tar", "-xzf", *glob.glob(build + "/meson-dist/*.tar.gz"), "-C", tree, "--strip-components=1")
        must("meson", "setup", "--buildtype=release", tree + "/build", tree)
        must("ninja", "-C", tree + "/build")
        said = must("meson", "test", "-C", tree + "/build", "--no-rebuild", "--suite", "package", "--suite", "proof", "--suite", "unit")
        print("\n".join(line for line in said.splitlines() if line.startswith(("Ok:", "Skipped:"))))
print("the archive passes its tests")
