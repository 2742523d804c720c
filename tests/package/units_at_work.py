"""The units under a systemd that is at work, in a container of systemd-nspawn: they start, agree, read again, come back after a
kill, and end a key that has no successor.

usage: units_at_work.py BUILD [ROOT]           ROOT: a Debian with systemd and the libraries, instead of a new one; it stays as it is

Needs root, systemd-nspawn, and without ROOT mmdebstrap and a mirror of Debian."""

import glob
import os
import sys
import tempfile

from own_systemd import all_holds, must, needed, new_root

needed()
with tempfile.TemporaryDirectory(prefix="parley-units-") as folder:
    root = sys.argv[2] if len(sys.argv) > 2 else new_root(os.path.join(folder, "root"))
    installed, result = os.path.join(folder, "installed"), os.path.join(folder, "result")
    os.mkdir(result)
    must("meson", "install", "-C", sys.argv[1], "--no-rebuild", "--destdir", installed)
    (prefix,) = (where for where, folders, _ in os.walk(installed) if "bin" in folders)
    inside = os.path.join("/", os.path.relpath(prefix, installed))
    all_holds(root, result, "units_at_work.sh",
              ["--bind-ro=%s:%s" % (file, os.path.join(inside, os.path.relpath(file, prefix)))
               for name in ("bin/*", "lib/systemd/system/*") for file in glob.glob(os.path.join(prefix, name))], n_twice=1)
