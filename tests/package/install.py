"""`meson install` puts the programs and what belongs to them where a system looks for them, and nothing else anywhere.

usage: install.py BUILD [--man=true|false]"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
# and all of eve/examples
EXPECTED = """
bin/alice
bin/bob
bin/eve
lib/systemd/system/parley-alice@.service
lib/systemd/system/parley-bob.service
lib/systemd/system/parley-wg@.service
share/bash-completion/completions/alice
share/bash-completion/completions/bob
share/bash-completion/completions/eve
share/doc/parley/DESIGN.md
share/doc/parley/LICENSE
share/doc/parley/README.md
share/doc/parley/SECURITY.md
share/doc/parley/WIRE.md
share/fish/vendor_completions.d/alice.fish
share/fish/vendor_completions.d/bob.fish
share/fish/vendor_completions.d/eve.fish
share/man/man1/alice.1
share/man/man1/bob.1
share/man/man1/eve.1
share/parley/parley.lua
share/zsh/site-functions/_alice
share/zsh/site-functions/_bob
share/zsh/site-functions/_eve
""".split()


def main():
    build = sys.argv[1]
    examples = ["share/parley/examples/" + name for name in os.listdir(os.path.join(TOP, "eve", "examples")) if name != "__pycache__"]
    results = ["share/parley/lab/%s/result.json" % name for name in ("agreement", "captions", "hardness", "oneway", "quantum", "risk", "scale", "statistical", "trimodal", "window")]
    results.append("share/parley/lab/statistical/statistical.svg")
    challenges = ["share/parley/challenge/" + name for name in os.listdir(os.path.join(TOP, "eve", "challenge"))
                  if not name.endswith((".c", ".h"))]
    expected = {name for name in EXPECTED + examples + results + challenges if "--man=false" not in sys.argv or "/man/" not in name}
    if not sys.platform.startswith("linux"):
        expected = {name for name in expected if "systemd" not in name}
    with tempfile.TemporaryDirectory(prefix="parley-") as folder:
        meson = shutil.which("meson")
        result = subprocess.run([meson, "install", "-C", build, "--no-rebuild", "--destdir", folder], text=True,
                                capture_output=True, timeout=300)
        if result.returncode:
            sys.exit("meson install: " + result.stdout + result.stderr)
        prefixes = [root for root, folders, _ in os.walk(folder) if "bin" in folders]
        if len(prefixes) != 1:
            sys.exit("%d folders with a bin in it" % len(prefixes))
        prefix = prefixes[0]
        found = {os.path.relpath(os.path.join(root, name), prefix)
                 for root, _, files in os.walk(folder) for name in files}
        problems = ["not installed: " + name for name in sorted(expected - found)]
        problems += ["installed, but not in the list: " + name for name in sorted(found - expected)]
        for name in expected & found:
            path = os.path.join(prefix, name)
            runs = bool(os.stat(path).st_mode & stat.S_IXUSR)
            if runs != (name.startswith("bin/") or "/examples/" in name):
                problems.append("%s has mode %o" % (name, os.stat(path).st_mode & 0o777))
            if os.path.getsize(path) == 0:
                problems.append(name + " is empty")
        for program in ("alice", "bob", "eve"):
            shown = subprocess.run([os.path.join(prefix, "bin", program), "--version"], capture_output=True, text=True,
                                   timeout=300).stdout
            if not shown.startswith(program + " "):
                problems.append("the installed %s says %r" % (program, shown))
        if problems:
            sys.exit("\n".join(problems))


main()
