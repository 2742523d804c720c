"""The units under a systemd that is at work, in a container of systemd-nspawn: they start, agree, read again, come back after a
kill, and end a key that has no successor.

usage: units_at_work.py BUILD [ROOT]           ROOT: a Debian with systemd and the libraries, instead of a new one; it stays as it is

Needs root, systemd-nspawn, and without ROOT mmdebstrap and a mirror of Debian."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
MIRROR = os.environ.get("MIRROR", "http://deb.debian.org/debian")
PACKAGES = "systemd,systemd-sysv,dbus,iproute2,libuv1,libsodium23,libprotobuf-c1,libpopt0,libedit2,libjansson4,libseccomp2,libmicrohttpd12,libssl3"
SERVICE = """[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/result/units_at_work.sh
"""


def skip(*why):
    print(*why)
    sys.exit(77)


def must(*words):
    result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        sys.exit("%s\nFAIL %s ended with %d" % (result.stdout[-3000:], " ".join(words), result.returncode))


def new_root(folder):
    if not shutil.which("mmdebstrap"):
        skip("there is no mmdebstrap")
    try:
        urllib.request.urlopen(MIRROR + "/dists/bookworm/Release", timeout=60).close()
    except (urllib.error.URLError, OSError) as error:
        skip("there is no mirror of Debian:", error)
    must("mmdebstrap", "--quiet", "--variant=minbase", "--include=" + PACKAGES, "bookworm", folder, MIRROR)
    return folder


if os.getuid() != 0:
    skip("this needs root")
if not shutil.which("systemd-nspawn"):
    skip("there is no systemd-nspawn (systemd-container)")
with tempfile.TemporaryDirectory(prefix="parley-units-") as folder:
    root = sys.argv[2] if len(sys.argv) > 2 else new_root(os.path.join(folder, "root"))
    installed, result = os.path.join(folder, "installed"), os.path.join(folder, "result")
    os.mkdir(result)
    must("meson", "install", "-C", sys.argv[1], "--no-rebuild", "--destdir", installed)
    (prefix,) = (where for where, folders, _ in os.walk(installed) if "bin" in folders)
    shutil.copy(os.path.join(HERE, "units_at_work.sh"), result)
    with open(result + "/try.service", "w", encoding="ascii") as f:
        f.write(SERVICE)
    inside = os.path.join("/", os.path.relpath(prefix, installed))
    binds = ["--bind=%s:/result" % result, "--bind-ro=%s/try.service:/etc/systemd/system/try.service" % result]
    binds += ["--bind-ro=%s:%s" % (file, os.path.join(inside, os.path.relpath(file, prefix)))
              for name in ("bin/*", "lib/systemd/system/*") for file in glob.glob(os.path.join(prefix, name))]
    try:
        done = subprocess.run(["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--volatile=overlay",
                               "--machine=parley-%d" % os.getpid(), "-D", root, *binds, "--boot", "systemd.unit=multi-user.target",
                               "systemd.wants=try.service"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=1800)
    except subprocess.TimeoutExpired:
        sys.exit("FAIL the container did not end")
    if not os.path.exists(result + "/said"):
        skip("no systemd starts here:", done.stdout[-1500:])
    with open(result + "/said", encoding="utf-8", errors="replace") as f:
        said = f.read()
    print(said)
    with open(os.path.join(HERE, "units_at_work.sh"), encoding="utf-8") as f:
        wanted = len(re.findall(r"(?m)^ *until_is ", f.read())) + 1  # one is for both sides
    good = len(re.findall("(?m)^ok ", said))
    if good != wanted or "FAIL" in said or not said.endswith("finished\n"):
        sys.exit("FAIL %d of %d things hold" % (good, wanted))
