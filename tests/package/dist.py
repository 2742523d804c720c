"""`meson dist`: the archive of a release has every file that git has, builds where there is no git, passes there its own
tests that hang on the files of the tree and on no machine, and writes nothing outside of its build; with --all meson itself
builds it, and runs all tests. Or, with --twice, two archives of one commit are the same, whenever and wherever they are made.

usage: dist.py [--all|--twice]"""

import glob
import gzip
import io
import os
import stat
import subprocess
import sys
import tarfile
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def must(*words, **options):
    result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode != 0:
        sys.exit("%s\nFAIL %s ended with %d" % (result.stdout[-6000:], " ".join(words), result.returncode))
    return result.stdout


def same_as_git(members, clone):
    """MEMBERS of an archive, a dictionary of names to (is it a program, its bytes), are the files of the commit: nothing is meant
    to be left out, or added."""
    lines = must("git", "-C", clone, "ls-tree", "-r", "-z", "HEAD").split("\0")[:-1]
    modes = {line.split("\t")[1]: line.split()[0] for line in lines}
    wanted = {}
    for name, mode in modes.items():
        if mode not in ("100644", "100755"):
            sys.exit("FAIL %s is neither a file nor a program for git (%s): say here what an archive makes of it" % (name, mode))
        with open(os.path.join(clone, name), "rb") as f:
            wanted[name] = (mode == "100755", f.read())
    if len(wanted) < 100:
        sys.exit("FAIL git has only %d files" % len(wanted))
    for what, names in (("lacks", wanted.keys() - members.keys()), ("has, and git has not", members.keys() - wanted.keys()),
                        ("has otherwise than git", {name for name in wanted.keys() & members.keys() if wanted[name] != members[name]})):
        if names:
            sys.exit("FAIL the archive %s: %s" % (what, " ".join(sorted(names))))
    print("the archive has the %d files of git" % len(wanted))


def in_archive(data):
    """What is in the bytes of a tar archive, for same_as_git; all lies in one folder."""
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {member.name.split("/", 1)[1]: (bool(member.mode & 0o100), tar.extractfile(member).read() if member.isfile() else None)
                for member in tar if not member.isdir()}


def in_folder(top):
    """The same of a folder, what a build and Python put there aside."""
    found = {}
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name != "__pycache__" and os.path.join(folder, name) != os.path.join(top, "build")]
        for name in files:
            file = os.path.join(folder, name)
            with open(file, "rb") as f:
                found[os.path.relpath(file, top)] = (bool(os.stat(file).st_mode & stat.S_IXUSR), f.read())
    return found


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
        same_as_git(in_archive(one), os.path.join(folder, "one", "clone"))
    if one != another:
        at = next((i for i, (a, b) in enumerate(zip(one, another)) if a != b), min(len(one), len(another)))
        sys.exit("FAIL two archives differ from byte %d on: %r and %r" % (at, one[at:at + 40], another[at:at + 40]))
    print("two archives have the same %d bytes" % len(one))


def at_work(folder, clone, build):
    """The archive builds in a folder of its own, of which no git knows, and passes what its own files are tried by."""
    tree = os.path.join(folder, "tree")
    must("meson", "dist", "-C", build, "--formats", "gztar", "--no-tests")
    os.mkdir(tree)
    must("tar", "-xzf", *glob.glob(build + "/meson-dist/*.tar.gz"), "-C", tree, "--strip-components=1")
    if subprocess.run(["git", "-C", tree, "rev-parse", "--git-dir"], capture_output=True, check=False).returncode == 0:
        sys.exit("FAIL %s lies in a repository of git: set TMPDIR" % folder)
    before = in_folder(tree)
    same_as_git(before, clone)
    must("meson", "setup", "--buildtype=release", tree + "/build", tree)
    must("ninja", "-C", tree + "/build")
    # more at a time than others take is no wrong: they wait for a machine that has other things to do
    said = must("meson", "test", "-C", tree + "/build", "--no-rebuild", "--timeout-multiplier", "4",
                *("--suite=" + suite for suite in ("unit", "pair", "package", "proof")))
    print("\n".join(line for line in said.splitlines() if line.startswith(("Ok:", "Skipped:")) or "SKIP" in line))
    after = in_folder(tree)
    if after != before:
        sys.exit("FAIL the build or its tests changed the tree: %s" %
                 " ".join(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))))


if subprocess.run(["git", "-C", TOP, "rev-parse", "HEAD"], capture_output=True).returncode != 0:
    print("this is no clone: there is nothing to make an archive from")
    sys.exit(77)
if "--twice" in sys.argv:
    twice()
    sys.exit()
with tempfile.TemporaryDirectory(prefix="parley-dist-") as folder:
    clone, build = os.path.join(folder, "clone"), os.path.join(folder, "build")
    must("git", "clone", "-q", TOP, clone)
    must("meson", "setup", "--buildtype=release", build, clone)
    if "--all" in sys.argv:
        must("meson", "dist", "-C", build, "--formats", "gztar")
    else:
        at_work(folder, clone, build)
print("the archive passes its tests")
