#!/usr/bin/env python3
"""Makes a challenge: a session between alice and bob with fresh randomness, recorded by eve tap, whose secrets nobody has.

    challenge.py SET FILE.pcap [FOLDER]        FOLDER: where alice, bob and eve are (PATH)

Neither program is asked for its key, and both wipe it when they end, so nothing but the capture is left; whoever has not
made it has to believe that. It is checked by eve challenge, and written only if it is one."""

import os
import re
import subprocess
import sys
import tempfile
import time

WAIT = 600  # seconds for the session


def start(program, *arguments, log=subprocess.DEVNULL):
    return subprocess.Popen([program, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def address(process, path):
    """Where it listens, as it says itself."""
    for _ in range(600):
        with open(path, encoding="utf-8", errors="replace") as log:
            found = re.search(r"127\.0\.0\.1:\d+(?=[\s,])", log.read())
        if found:
            return found[0]
        if process.poll() is not None:
            break
        time.sleep(0.05)
    with open(path, encoding="utf-8", errors="replace") as log:
        sys.exit("%s does not listen: %s" % (os.path.basename(process.args[0]), log.read().strip()))


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    name, out = sys.argv[1:3]
    programs = {p: os.path.join(sys.argv[3], p) if len(sys.argv) == 4 else p for p in ("alice", "bob", "eve")}
    with tempfile.TemporaryDirectory(prefix="parley-challenge-") as folder:
        capture = os.path.join(folder, "capture")
        running = []
        try:
            with open(folder + "/bob", "wb") as log:
                bob = start(programs["bob"], "--listen", "127.0.0.1:0", "--params", name, "--agree-only", "--once", log=log)
            running.append(bob)
            at = address(bob, folder + "/bob")
            with open(folder + "/eve", "wb") as log:
                eve = start(programs["eve"], "tap", "--listen", "127.0.0.1:0", "--to", at, "--write", capture, "--once", log=log)
            running.append(eve)
            alice = start(programs["alice"], "--params", name, "--agree-only", address(eve, folder + "/eve"))
            running.append(alice)
            for process in (alice, bob, eve):
                if process.wait(WAIT):
                    sys.exit("%s ended with status %d" % (os.path.basename(process.args[0]), process.returncode))
        finally:
            for process in running:
                if process.poll() is None:
                    process.kill()
                process.wait()
        subprocess.run([programs["eve"], "challenge", capture], check=True, stdout=subprocess.DEVNULL)
        with open(capture, "rb") as f, open(out, "xb") as g:
            g.write(f.read())
    print("%s: set %s, %d bytes" % (out, name, os.path.getsize(out)))


main()
