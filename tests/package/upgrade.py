"""The Debian package is upgraded, removed and purged while its units run under a systemd of their own: what ran runs again, as
the new version, and nothing else; configuration and identities stay until the purge; then nothing is left.

usage: upgrade.py PACKAGE.deb [ROOT]           ROOT: a Debian with systemd and the libraries, instead of a new one; it stays as it is

Needs root, systemd-nspawn, dpkg-deb, and without ROOT mmdebstrap and a mirror of Debian."""

import glob
import os
import re
import shutil
import sys
import tempfile

from own_systemd import all_holds, must, needed, new_root


def changed(file, pattern, text):
    with open(file, encoding="utf-8") as f:
        before = f.read()
    after = re.sub(pattern, text, before, flags=re.M)
    if after == before:
        sys.exit("FAIL there is no %r in %s" % (pattern, file))
    with open(file, "w", encoding="utf-8") as f:
        f.write(after)


def older(package, folder):
    """The same package by an older version; its units say so, since a systemd that has not read the new ones would, too."""
    tree = os.path.join(folder, "tree")
    must("dpkg-deb", "--raw-extract", package, tree)
    changed(tree + "/DEBIAN/control", r"^(Version: .*)$", r"\1~older")
    for unit in glob.glob(tree + "/lib/systemd/system/*.service"):
        changed(unit, "^Description=", "Description=Older ")
    must("dpkg-deb", "--root-owner-group", "--build", tree, os.path.join(folder, "result", "older.deb"))


needed()
with tempfile.TemporaryDirectory(prefix="parley-upgrade-") as folder:
    os.mkdir(folder + "/result")
    older(sys.argv[1], folder)
    shutil.copy(sys.argv[1], folder + "/result/newer.deb")
    root = sys.argv[2] if len(sys.argv) > 2 else new_root(os.path.join(folder, "root"))
    all_holds(root, folder + "/result", "upgrade.sh")
