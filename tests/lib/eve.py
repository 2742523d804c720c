"""What the tests of eve share: the program beside alice and bob, captures, tshark. Meson calls a script as it calls those of
tests/system, with --eve=PATH and --source=FOLDER besides."""

import importlib.util
import json
import os
import subprocess
import sys

import parley
from parley import Skip, check, path, wait_until


def _option(name):
    values = [a.split("=", 1)[1] for a in sys.argv if a.startswith("--%s=" % name)]
    return os.path.abspath(values[0]) if values else None


EVE = _option("eve")
EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "eve", "examples")
LUA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "proto", "parley.lua")


class Eve:
    """eve as a process that goes on."""

    def __init__(self, *arguments, prefix=()):
        self.error = path("eve%d.stderr" % id(self))
        with open(self.error, "wb") as f:
            self.process = subprocess.Popen(list(prefix) + [EVE] + [str(a) for a in arguments], stderr=f,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        parley.later(self.stop)

    @property
    def stderr(self):
        with open(self.error, encoding="utf-8", errors="backslashreplace") as f:
            return f.read()

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def wait(self, status=0, seconds=60):
        found = self.process.wait(parley.patience(seconds))
        check("Sanitizer" not in self.stderr and "runtime error" not in self.stderr, self.stderr)
        check(found == status, "eve ended with %s: %s" % (found, self.stderr))


def eve(*arguments, status=0, seconds=60, text=True):
    """Runs eve to its end: what it wrote to standard output."""
    done = subprocess.run([EVE] + [str(a) for a in arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=parley.patience(seconds), check=False)
    said = done.stderr.decode(errors="backslashreplace")
    for report in ("Sanitizer", "runtime error:"):
        check(report not in said, said[-3000:])
    if status is not None:
        check(done.returncode == status, "eve %s: status %s instead of %s\n%s" % (arguments, done.returncode, status, said))
    eve.said = said
    return done.stdout.decode(errors="backslashreplace") if text else done.stdout


def like_a_coin(learner):
    """A learner's risk is 1/2 as far as its test labels can tell. Six standard deviations: of a thousand million honest runs
    two fail. Its own interval, at 99.9%, is no criterion for a test that runs a thousand times."""
    deviation = 0.5 / learner["test_labels"] ** 0.5
    check(abs(learner["risk"] - 0.5) < 6 * deviation, learner)
    check(learner["risk_low"] < learner["risk"] < learner["risk_high"], learner)


def missed_by(secret, n_samples):
    """The share of the labels of tap.pcap that a secret, in hex, misses, as examples/samples.py finds it in what eve exports."""
    shares = []
    for form in ("csv", "npz") if importlib.util.find_spec("numpy") else ("csv",):
        name = path("samples." + form)
        eve("export", path("tap.pcap"), "--format", form, "--output", name)
        said = subprocess.run([sys.executable, os.path.join(EXAMPLES, "samples.py"), name, secret], capture_output=True,
                              text=True, timeout=parley.patience(60), check=True).stdout
        check(said.startswith("%d samples of " % n_samples), said)
        shares.append(float(said.split()[-1]))
    check(min(shares) == max(shares), "csv and npz", shares)
    return shares[0]


def inspect(capture):
    return json.loads(eve("inspect", capture, "--json"))


def start_tap(bob, capture, *arguments):
    """A tap in front of a bob (or an address); .address is where alice connects to."""
    tap = Eve("tap", "--listen", parley.loopback() + ":0", "--to", bob if isinstance(bob, str) else bob.address, "--write",
              path(capture), *arguments)

    def address():
        for line in tap.stderr.splitlines():
            if line.startswith("listening at "):
                return line[len("listening at "):].split(",")[0]
        check(tap.process.poll() is None, "tap ended: " + tap.stderr)
        return None
    tap.address = wait_until(address, 20, "tap to listen")
    return tap


def tshark(capture, *arguments):
    """Lines of tab-separated fields."""
    try:
        done = subprocess.run(["tshark", "-X", "lua_script:" + LUA, "-r", path(capture), *arguments], capture_output=True,
                              timeout=parley.patience(60), check=False)
    except FileNotFoundError:
        raise Skip("tshark is not installed") from None
    check(done.returncode == 0, done.stderr.decode(errors="replace"))
    said = [line for line in done.stderr.decode(errors="replace").splitlines() if not line.startswith("Running as user")]
    check(not said, "tshark says:", *said)
    return [line.split("\t") for line in done.stdout.decode(errors="replace").splitlines()]
