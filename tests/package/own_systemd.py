"""A systemd of its own in a container of systemd-nspawn, and a script that it runs there. The script says a line for each thing
that holds, "ok ..." or "FAIL ...", and "finished" at its end, into /result/said; beside it lie the files that it is given.

Needs root, systemd-nspawn, mmdebstrap and a mirror of Debian."""

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
MIRROR = os.environ.get("MIRROR", "http://deb.debian.org/debian")
# what parley depends on, and interfaces for parley-wg@
PACKAGES = "systemd,systemd-sysv,dbus,iproute2,libuv1,libsodium23,libprotobuf-c1,libpopt0,libedit2,libjansson4,libseccomp2,libmicrohttpd12,libssl3"
SERVICE = """[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/result/%s
"""


def skip(*why):
    print(*why)
    sys.exit(77)


def must(*words):
    result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        sys.exit("%s\nFAIL %s ended with %d" % (result.stdout[-3000:], " ".join(words), result.returncode))


def needed():
    if os.getuid() != 0:
        skip("this needs root")
    if not shutil.which("systemd-nspawn"):
        skip("there is no systemd-nspawn")


def new_root(folder):
    if not shutil.which("mmdebstrap"):
        skip("there is no mmdebstrap")
    try:
        urllib.request.urlopen(MIRROR + "/dists/bookworm/Release", timeout=60).close()
    except (urllib.error.URLError, OSError) as error:
        skip("there is no mirror of Debian:", error)
    must("mmdebstrap", "--quiet", "--variant=minbase", "--include=" + PACKAGES, "bookworm", folder, MIRROR)
    return folder


def all_holds(root, result, script, binds=(), n_twice=0):
    """Runs SCRIPT, a file beside this one, in ROOT, which stays as it is, with the folder RESULT at /result. Each of its lines
    with until_is or at_once stands for a thing that holds; N_TWICE of them for two, being in a loop."""
    for name in (script, "own_systemd.sh"):
        shutil.copy(os.path.join(HERE, name), result)
    with open(result + "/try.service", "w", encoding="ascii") as f:
        f.write(SERVICE % script)
    try:
        done = subprocess.run(["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network", "--volatile=overlay",
                               "--machine=parley-%d" % os.getpid(), "-D", root, "--bind=%s:/result" % result,
                               "--bind-ro=%s/try.service:/etc/systemd/system/try.service" % result, *binds, "--boot",
                               "systemd.unit=multi-user.target", "systemd.wants=try.service"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=1800)
    except subprocess.TimeoutExpired:
        sys.exit("FAIL the container did not end")
    if not os.path.exists(result + "/said"):
        skip("no systemd starts here:", done.stdout[-1500:])
    with open(result + "/said", encoding="utf-8", errors="replace") as f:
        said = f.read()
    print(said)
    with open(os.path.join(HERE, script), encoding="utf-8") as f:
        wanted = len(re.findall(r"(?m)^ *(?:until_is|at_once) ", f.read())) + n_twice
    good = len(re.findall("(?m)^ok ", said))
    if good != wanted or "FAIL" in said or not said.endswith("finished\n"):
        sys.exit("FAIL %d of %d things hold" % (good, wanted))
