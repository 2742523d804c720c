"""The classroom page in a browser: fetches the driver (playwright-core and axe-core, from npm) into the build folder and runs page.mjs.

usage: page.py BUILD [NAME.mjs] PART...   another script than page.mjs; skipped, with the reason, where node, npm or Chromium is missing;
with PARLEY_CHROMIUM in the environment in that one"""

import fcntl
import filecmp
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BIDI = os.path.join(HERE, "..", "..", "lib", "bidi.mjs")  # which drives Firefox


def skip(reason):
    print(reason)
    sys.exit(77)


# The first is the same without windows: it opens a page in a third of the time.
CHROMIUM = "Chromium", (os.environ["PARLEY_CHROMIUM"],) if "PARLEY_CHROMIUM" in os.environ else (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FIREFOX = "Firefox", ("firefox-esr", "firefox")


def put(file, folder):
    """A copy, which is whole whenever somebody reads it."""
    there = os.path.join(folder, os.path.basename(file))
    if not os.path.exists(there) or not filecmp.cmp(file, there, shallow=False):
        shutil.copy(file, there + ".new")
        os.replace(there + ".new", there)


def fetch_driver(folder):
    """Once: what an interrupted run has left behind is fetched again."""
    put(os.path.join(HERE, "package.json"), folder)
    done = os.path.join(folder, "fetched.json")
    if os.path.exists(done) and filecmp.cmp(os.path.join(folder, "package.json"), done, shallow=False):
        return
    if not shutil.which("npm"):
        skip("npm is not installed")
    shutil.rmtree(os.path.join(folder, "node_modules"), ignore_errors=True)
    npm = subprocess.run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts",
                          "--no-package-lock"], capture_output=True, text=True, timeout=240, check=False)
    if npm.returncode:
        print(npm.stdout, npm.stderr)
        skip("playwright-core and axe-core could not be fetched from npm")
    shutil.copy(os.path.join(folder, "package.json"), done)


def prepare(build, browser=CHROMIUM):
    """Puts the driver in place; the environment that page.mjs wants. Ends as skipped where it cannot."""
    folder = os.path.join(build, "tests", "system", "page")
    program = next((path for name in browser[1] if (path := shutil.which(name))), None)
    if not shutil.which("node"):
        skip("node is not installed")
    if not program:
        skip("%s is not installed" % browser[0])
    state = subprocess.run([os.path.join(build, "eve", "eve"), "serve", "--listen", "127.0.0.1:999999"], capture_output=True,
                           text=True, timeout=60, check=False)
    if "without libmicrohttpd" in state.stderr:
        skip("this eve was built without libmicrohttpd")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "prepare.lock"), "w") as lock:  # tests begin together, and share the folder
        fcntl.flock(lock, fcntl.LOCK_EX)
        fetch_driver(folder)
        for name in [os.path.join(HERE, name) for name in os.listdir(HERE)] + [BIDI]:
            if name.endswith(".mjs"):
                put(name, folder)
    return dict(os.environ, BUILD=build, BROWSER=program, SOURCE=os.path.abspath(os.path.join(HERE, "..", "..", "..")))


def main():
    build = os.path.abspath(sys.argv[1])
    script, *parts = sys.argv[2:] if sys.argv[2:3] and sys.argv[2].endswith(".mjs") else ["page.mjs", *sys.argv[2:]]
    command = ["node", os.path.join(build, "tests", "system", "page", script), *parts]
    browser = FIREFOX if script == "firefox.mjs" else CHROMIUM
    sys.exit(subprocess.run(command, env=prepare(build, browser), check=False).returncode)


if __name__ == "__main__":
    main()
