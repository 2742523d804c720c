"""`meson dist`: the archive of a release builds and passes its own tests, here those that hang on the files of the tree and
on no machine, all of them with --all; or, with --twice, two archives of one commit are the same, whenever and wherever they
are made.

usage: dist.py [--all|--twice]"""

import glob
import gzip
import os
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def must(*words, **options):
    result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode != 0:
        sys.exit("%s\nFAIL %s ended with %d" % (result.stdout[-6000:], " ".join(words), result.returncode))
    return result.stdout


def archive(folder, umask, zone):
    """What is in the archive, before it is compressed: gzip notes the time, xz, which is meson's choice, does not."""
    clone, build = os.path.join(folder, "clone"), os.path.join(folder, "build")
    options = {"umask": umask, "env": dict(os.environ, TZ=zone)}
    must("git", "clone", "-q", TOP, clone, **options)
    must("meson", "setup", "-Dtests=false", "-Dbrowser=disabled", build, clone, **options)
    must("meson", "dist", "-C", build, "--formats", "gztar", "--no-tests", **options)
    with gzip.open(glob.glob(build + "/meson-dist/*.tar.gz")[0]) as f:
        return f.read()


def twice():
    with tempfile.TemporaryDirectory(prefix="parley-dist-") as folder:
        one = archive(os.path.join(folder, "one"), 0o022, "UTC")
        another = archive(os.path.join(folder, "another one"), 0o077, "Pacific/Kiritimati")
    if one != another:
        at = next((i for i, (a, b) in enumerate(zip(one, another)) if a != b), min(len(one), len(another)))
        sys.exit("FAIL two archives differ from byte %d on: %r and %r" % (at, one[at:at + 40], another[at:at + 40]))
    print("two archives have the same %d bytes" % len(one))


if subprocess.run(["git", "-C", TOP, "rev-parse", "HEAD"], capture_output=True).returncode != 0:
    print("this is no clone: there is nothing to make an archive from")
    sys.exit(77)
if "--twice" in sys.argv:
    twice()
    sys.exit()
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
