"""What build-deb hands to dpkg-buildpackage, which is a stand-in here: the tree without what was built in it, with debian/
in place, from git and from a plain copy.

usage: export.py"""

import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
FETCHED = os.path.exists(os.path.join(TOP, "build-packages/fetched"))  # what Alice in a browser is built from
STAND_IN = """#!/bin/sh
find . -type f | sort > "$SEEN/files"
cp debian/control debian/changelog "$SEEN"
touch ../parley_0_all.deb ../parley_0.dsc ../parley.changes ../parley.buildinfo
"""
problems = []


def check(condition, *text):
    if not condition:
        problems.append(" ".join(map(str, text)))


def built(name):
    """What was built, but not what Alice in a browser is built from, which goes along."""
    return name.startswith("./build") and not name.startswith("./build-packages/")


def build(tree, folder, without=not FETCHED, **more):
    """(status, what it said, the files it saw)."""
    seen, out = os.path.join(folder, "seen"), os.path.join(folder, "out")
    for name in (seen, out):
        shutil.rmtree(name, ignore_errors=True)
        os.mkdir(name)
    environment = {k: v for k, v in os.environ.items() if k not in ("DEBFULLNAME", "DEBEMAIL")}
    environment.update(PATH=os.path.join(folder, "bin") + ":" + os.environ["PATH"], SEEN=seen, **more)
    result = subprocess.run([os.path.join(tree, ".packaging/build-deb"), *(("--without-browser",) if without else ()), out],
                            env=environment, capture_output=True, text=True, timeout=300)
    files = []
    if os.path.exists(seen + "/files"):
        with open(seen + "/files", encoding="utf-8") as f:
            files = f.read().splitlines()
    return result.returncode, result.stdout + result.stderr, files


def main():
    with tempfile.TemporaryDirectory(prefix="parley-") as folder:
        os.mkdir(os.path.join(folder, "bin"))
        for tool in ("dpkg-buildpackage", "dh"):
            path = os.path.join(folder, "bin", tool)
            with open(path, "w", encoding="utf-8") as f:
                f.write(STAND_IN if tool != "dh" else "#!/bin/sh\n")
            os.chmod(path, 0o755)
        status, said, files = build(TOP, folder)
        check(status == 0, "status", status, said)
        for name in ("parley_0_all.deb", "parley_0.dsc"):
            check(os.path.exists(os.path.join(folder, "out", name)), name, "was not handed over")
        check(not os.path.exists(os.path.join(folder, "out/parley")), "the tree was handed over")
        for name in ("./meson.build", "./SECURITY.md", "./debian/rules", "./debian/source/format", "./alice/main.c"):
            check(name in files, name, "is missing")
        check(("./build-packages/fetched" in files) == FETCHED, "what Alice in a browser is built from goes along, where it is there")
        strange = [f for f in files if built(f) or f.startswith(("./.git/", "./.packaging")) or "__pycache__" in f]
        check(not strange, "not of the tree:", strange[:5])

        copy = os.path.join(folder, "copy")
        shutil.copytree(TOP, copy, symlinks=True, ignore=lambda where, names: [
            name for name in names if name == "__pycache__" or (where == TOP and name.startswith("build") and name != "build-packages")])
        git = os.path.join(copy, ".git")
        shutil.rmtree(git) if os.path.isdir(git) else os.path.exists(git) and os.remove(git)
        for waste in ("build/alice", "build-check", "tests/__pycache__"):
            os.makedirs(os.path.join(copy, waste))
            with open(os.path.join(copy, waste, "waste"), "w", encoding="utf-8") as f:
                f.write("waste")
        status, said, copied = build(copy, folder, DEBFULLNAME="Ann O'Nym", DEBEMAIL="ann@example.org")
        check(status == 0, "without git: status", status, said)
        strange = [f for f in copied if built(f) or f.startswith("./.packaging") or "waste" in f]
        check(not strange, "without git, not of the tree:", strange[:5])
        check(not set(files) - set(copied), "without git these are missing:", sorted(set(files) - set(copied))[:5])
        for name in ("control", "changelog"):
            with open(os.path.join(folder, "seen", name), encoding="utf-8") as f:
                text = f.read()
            check("Ann O'Nym <ann@example.org>" in text and ".invalid" not in text, "the maintainer in", name, text[:300])

        with open(os.path.join(copy, ".packaging/debian/changelog"), "r+", encoding="utf-8") as f:
            text = f.read().replace("parley (", "parley (9.", 1)
            f.seek(0)
            f.write(text)
        status, said, _ = build(copy, folder)
        check(status == 65 and "9." in said, "another version in the changelog:", status, said)

        # without a network, and nothing fetched: that is an error, and not a package that lacks her
        shutil.rmtree(os.path.join(copy, "build-packages"), ignore_errors=True)
        apt = os.path.join(folder, "bin/apt-get")
        with open(apt, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\necho no network >&2\nexit 100\n")
        os.chmod(apt, 0o755)
        with open(os.path.join(copy, ".packaging/debian/changelog"), "r+", encoding="utf-8") as f:
            text = f.read().replace("parley (9.", "parley (", 1)
            f.seek(0)
            f.truncate()
            f.write(text)
        status, said, _ = build(copy, folder, without=False)
        check(status == 69 and "--without-browser" in said, "nothing to fetch:", status, said)
        os.remove(apt)
    if problems:
        sys.exit("\n".join(problems))


main()
