"""Two builds of the Debian packages, in other folders, by another clock, umask, time zone and language, have the same bytes;
and one byte that differs, or one package that is missing, is seen.

usage: reproducible.py [--source]"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
REPRODUCE = os.path.join(TOP, ".packaging/reproduce")
SOURCE = "--source" in sys.argv


def reproduce(*words):
    result = subprocess.run([REPRODUCE, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return result.returncode, result.stdout


def check(condition, *text):
    if not condition:
        sys.exit("FAIL " + " ".join(map(str, text)))


def differences_are_seen():
    with tempfile.TemporaryDirectory(prefix="parley-") as folder:
        a, b = os.path.join(folder, "a"), os.path.join(folder, "b")
        for name in (a, b):
            os.mkdir(name)
        check(reproduce("--compare", a, b)[0] == 66, "two empty folders are compared")

        def write(name, data):
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        for name in ("a", "b"):
            write(name + "/x.deb", b"x" * 1000)
            write(name + "/x.buildinfo", name.encode())  # when and where: it may differ
        check(reproduce("--compare", a, b)[0] == 0, "equal packages differ:", reproduce("--compare", a, b)[1])
        write("b/x.deb", b"x" * 999 + b"y")
        status, said = reproduce("--compare", a, b)
        check(status == 1 and said.startswith("DIFFERS  x.deb"), "another byte:", status, said)
        write("b/x.deb", b"x" * 1000)
        write("a/y.dsc", b"")
        status, said = reproduce("--compare", a, b)
        check(status == 1 and "DIFFERS  y.dsc" in said and re.search("^same .* x.deb$", said, re.M), "one is missing:", status, said)


def of_one_tree():
    """What is committed or written while the packages are built is in neither. Nothing is built here: the package is a digest."""
    with tempfile.TemporaryDirectory(prefix="parley-") as folder:
        clone, tools = os.path.join(folder, "clone"), os.path.join(folder, "tools")
        subprocess.run(["git", "clone", "-q", TOP, clone], check=True, stdin=subprocess.DEVNULL)
        shutil.copytree(os.path.join(TOP, ".packaging"), clone + "/.packaging", dirs_exist_ok=True)
        os.mkdir(tools)
        for name, text in ((clone + "/alice/browser/fetch", 'mkdir -p "$(dirname "$0")/../../build-packages"'),
                           (tools + "/dpkg-buildpackage", "sha256sum <README.md >../parley_1.dsc\necho >>%s/README.md" % clone)):
            with open(name, "w", encoding="utf-8") as f:
                f.write("#!/bin/sh\n%s\n" % text)
            os.chmod(name, 0o755)
        result = subprocess.run([clone + "/.packaging/reproduce", "--source"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, env=dict(os.environ, PATH=tools + ":" + os.environ["PATH"]))
        check(result.returncode == 0 and "same" in result.stdout, "a tree that changes meanwhile:", result.stdout)


def main():
    differences_are_seen()
    if subprocess.run(["git", "-C", TOP, "rev-parse", "HEAD"], capture_output=True).returncode == 0:
        of_one_tree()
    tools = ["dpkg-buildpackage", "dpkg-source"] + ([] if SOURCE else ["dh"])
    lacking = [tool for tool in tools if not shutil.which(tool)]
    if not lacking and not SOURCE:
        result = subprocess.run(["dpkg-checkbuilddeps", os.path.join(TOP, ".packaging/debian/control")], capture_output=True, text=True)
        lacking = [result.stderr.strip()] if result.returncode else []
    if lacking:
        print("differences are seen; but no package was built, since these are missing:", *lacking)
        sys.exit(77)
    status, said = reproduce(*(["--source"] if SOURCE else []))
    check(status == 0, "status", status, said)
    same = re.findall(r"(?m)^same .* (\S+)$", said)
    wanted = [r"parley_.*\.dsc", r"parley_.*\.tar\.xz"] + ([] if SOURCE else [r"parley_.*\.deb", r"parley-eve_.*\.deb"])
    check(all(any(re.fullmatch(name, found) for found in same) for name in wanted), "not all were compared:", said)
    print(said, end="")


main()
