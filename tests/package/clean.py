"""The Debian packages built by .packaging/build-clean: in a Debian that has nothing but what Build-Depends names, without a
network, liked by lintian, and tried by autopkgtest in another one."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
MIRROR = os.environ.get("MIRROR", "http://deb.debian.org/debian")

if not shutil.which("mmdebstrap") or not shutil.which("dpkg-buildpackage"):
    print("there is no mmdebstrap or no dpkg-buildpackage")
    sys.exit(77)
try:
    urllib.request.urlopen(MIRROR + "/dists/bookworm/Release", timeout=60).close()
except (urllib.error.URLError, OSError) as error:
    print("there is no mirror of Debian:", error)
    sys.exit(77)
with tempfile.TemporaryDirectory(prefix="parley-") as folder:
    result = subprocess.run([os.path.join(TOP, ".packaging/build-clean"), folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    print(result.stdout)
    if result.returncode:
        sys.exit("FAIL build-clean ended with %d" % result.returncode)
    if not re.search(r"(?m)^agreement +PASS", result.stdout):
        sys.exit("FAIL autopkgtest does not say that it passed")
    kinds = {name.split("_")[0] for name in os.listdir(folder) if name.endswith(".deb")}
    if not {"parley", "parley-eve"} <= kinds or not any(name.endswith(".dsc") for name in os.listdir(folder)):
        sys.exit("FAIL there are only %s" % os.listdir(folder))
