"""The container file, as buildah builds it from the archive of this commit, on a base that mmdebstrap makes: nothing is pulled.
The build itself has the programs agree, and Eve win; what comes out runs as a user without rights.

Needs root, buildah, mmdebstrap and a mirror of Debian."""

import glob
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
MIRROR = os.environ.get("MIRROR", "http://deb.debian.org/debian")


def must(*words, **options):
    result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode:
        sys.exit("%s\nFAIL %s ended with %d" % (result.stdout[-6000:], " ".join(words), result.returncode))
    return result.stdout


def skip(*why):
    print(*why)
    sys.exit(77)


lacking = [tool for tool in ("buildah", "mmdebstrap", "git") if not shutil.which(tool)]
if lacking:
    skip("these are missing:", *lacking)
if os.getuid() != 0:
    skip("this needs root")
try:
    urllib.request.urlopen(MIRROR + "/dists/bookworm/Release", timeout=60).close()
except (urllib.error.URLError, OSError) as error:
    skip("there is no mirror of Debian:", error)

with tempfile.TemporaryDirectory(prefix="parley-") as folder:
    clone, build, base = (os.path.join(folder, name) for name in ("clone", "build", "base.tar"))
    must("git", "clone", "-q", TOP, clone)
    must("meson", "setup", "-Dtests=false", "-Dbrowser=disabled", build, clone)
    must("meson", "dist", "-C", build, "--no-tests")
    archive = os.path.basename(glob.glob(build + "/meson-dist/*.tar.xz")[0])
    must("mmdebstrap", "--quiet", "--variant=apt", "bookworm", base, MIRROR)
    # images of our own, in a folder of our own; no daemon, no control groups
    os.environ["BUILDAH_ISOLATION"] = "chroot"
    buildah = ["buildah", "--root", folder + "/images", "--runroot", folder + "/run"]
    try:
        container = must(*buildah, "from", "scratch").split()[-1]
        must(*buildah, "add", container, base, "/")
        must(*buildah, "commit", "--rm", container, "localhost/base")
        said = must(*buildah, "bud", "--layers=false", "-t", "parley", "--build-arg", "BASE=localhost/base", "--build-arg",
                    "ARCHIVE=" + archive, "-f", os.path.join(TOP, ".packaging/Containerfile"), build + "/meson-dist")
        for sentence in ("n2048: alice and bob have the same key", "n64: eve has the key of both"):
            if sentence not in said:
                sys.exit("%s\nFAIL the build does not say %r" % (said[-3000:], sentence))
        container = must(*buildah, "from", "parley").split()[-1]
        for program in ("alice", "bob", "eve"):
            version = must(*buildah, "run", container, "--", program, "--version")
            if not version.startswith(program + " (parley) "):
                sys.exit("FAIL %s --version says %r" % (program, version))
        user = must(*buildah, "run", container, "--", "id", "-un").strip()
        if user != "parley":
            sys.exit("FAIL it runs as " + user)
    finally:
        subprocess.run([*buildah, "rm", "--all"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
        subprocess.run([*buildah, "rmi", "--all", "--force"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
print("the container is built, and works")
