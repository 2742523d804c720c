"""WireGuard's preshared key by the unit parley-wg@.service, between two hosts with wireguard-go: while a peer is killed, the
cable is out or a program sleeps, the tunnel shuts in time, and it opens by itself when all is well again.

Needs root, network namespaces and Debian's wireguard-go and wireguard-tools. PARLEY_LONG: also what takes longer."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import parley
from namespaces import must, two_hosts
from parley import Program, Skip, check, equal, later, patience, path, run, wait_until, write

REKEY, LIFETIME = 1, 3  # seconds


def wg(*arguments, stdin=None):
    result = subprocess.run(["wg", *arguments], input=stdin, capture_output=True, text=True, timeout=60)
    check(result.returncode == 0, "wg", *arguments, result.stderr)
    return result.stdout.strip()


class Host:
    """One side of the tunnel: an interface of wireguard-go, and the unit's program."""

    def __init__(self, kind, i, prefix):
        self.kind, self.i, self.prefix = kind, i, list(prefix)
        self.interface = "pwg%s%d" % (kind[0], os.getpid() % 1000000)
        self.namespace = prefix[-1]
        self.private = wg("genkey")
        self.public = wg("pubkey", stdin=self.private)
        self.program = None

    def up(self):
        daemon = subprocess.Popen([*self.prefix, "wireguard-go", "-f", self.interface], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        later(daemon.kill)
        later(daemon.wait)
        socket = "/var/run/wireguard/%s.sock" % self.interface
        later(lambda: os.path.exists(socket) and os.unlink(socket))
        wait_until(lambda: os.path.exists(socket) or daemon.poll() is not None, 20, "wireguard-go")
        if daemon.poll() is not None:
            raise Skip("wireguard-go does not run here (is there a /dev/net/tun?)")
        wg("set", self.interface, "listen-port", "51820", "private-key", write(self.kind + ".wg", self.private.encode()))
        must("-n", self.namespace, "address", "add", "10.98.0.%d/24" % self.i, "dev", self.interface)
        must("-n", self.namespace, "link", "set", self.interface, "up")

    def knows(self, other, psk):
        wg("set", self.interface, "peer", other.public, "endpoint", "10.99.0.%d:51820" % other.i, "allowed-ips", "10.98.0.%d/32" % other.i,
           "preshared-key", write(self.kind + ".psk", psk.encode()))

    def psk(self):
        return wg("show", self.interface, "preshared-keys").split()[1]

    def file(self):
        """What is in the one key file."""
        folder = path(self.kind + "-parley-wg-wg0")
        (name,) = (name for name in os.listdir(folder) if name != "identity")
        with open(os.path.join(folder, name), encoding="ascii") as f:
            return f.read().strip()

    # ---- the unit

    def inside(self, text):
        return re.sub(r"/(var/lib|run|etc)/(parley[^/ ]*)", lambda m: path(self.kind + "-" + m.group(2)), text)

    def unit(self, option):
        with open(os.environ["PARLEY_WG_UNIT"], encoding="utf-8") as f:
            (line,) = re.findall("(?m)^%s=(.*)$" % option, f.read())
        settings = {"WG_LIFETIME": str(LIFETIME), "WG_OPTIONS": "--params n64 --timeout 1"}
        words = []
        for word in shlex.split(line.replace("%i", "wg0").replace("%%", "%")):
            if re.fullmatch(r"\$[A-Z_]+", word):
                words += settings[word[1:]].split()
            else:
                words.append(self.inside(re.sub(r"\$\{([A-Z_]+)\}", lambda m: settings[m.group(1)], word).replace("$$", "$")))
        return words

    def make_identity(self):
        for folder in ("parley", "parley-wg-wg0"):
            os.makedirs(path(self.kind + "-" + folder), 0o700, exist_ok=True)
        words = self.unit("ExecStartPre")
        words[2] = re.sub(r"\S*/alice(?= --new)", lambda m: shlex.quote(parley.ALICE), words[2])
        subprocess.run(words, check=True, stderr=subprocess.DEVNULL, timeout=60)
        with open(path(self.kind + "-parley-wg-wg0/identity"), encoding="ascii") as f:
            return f.read().split()[-1]

    def configure(self, other, key, condition=""):
        """condition: a command in front of the unit's."""
        lines = ["connect = 10.99.0.2"] if self.kind == "alice" else ["listen = 10.99.0.2"]
        lines += ["[peer other]", "key = " + key,
                  'hook = %swg set %s peer %s preshared-key "$PARLEY_KEY_FILE"' % (condition, self.interface, other.public)]
        os.makedirs(path(self.kind + "-parley"), exist_ok=True)
        write(self.kind + "-parley/wg0.conf", "\n".join(lines).encode() + b"\n")

    def start(self):
        """What the shell of ExecStart would run."""
        words = self.unit("ExecStart")
        words[2] = re.sub(r"exec \S*/(alice|bob) ", r"printf '%s\\n' \1 ", words[2])
        said = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, WG_REKEY=str(REKEY))).stdout.splitlines()
        equal(said[0], self.kind, "the program that the unit chooses")
        self.program = Program(self.kind, said[1:], prefix=self.prefix)
        return self.program


ECHO = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 7777))
while True:
    data, peer = s.recvfrom(100)
    try:
        s.sendto(data, peer)
    except OSError:
        pass
"""
ASK = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1)
s.sendto(b"hello", ("10.98.0.2", 7777))
assert s.recv(100) == b"hello"
"""


def tunnel():
    for program, package in (("wireguard-go", "wireguard-go"), ("wg", "wireguard-tools")):
        if not shutil.which(program):
            raise Skip("there is no %s (Debian: %s)" % (program, package))
    a, b = two_hosts()
    alice, bob = Host("alice", 1, a), Host("bob", 2, b)
    for host in (alice, bob):
        host.up()
    keys = [alice.make_identity(), bob.make_identity()]
    for host, other in ((alice, bob), (bob, alice)):
        host.knows(other, wg("genpsk"))  # as the unit advises, one that nobody else has
    alice.configure(bob, keys[1])
    bob.configure(alice, keys[0])
    echo = subprocess.Popen([*bob.prefix, sys.executable, "-c", ECHO], stdin=subprocess.DEVNULL)
    later(echo.kill)
    later(echo.wait)
    return alice, bob


def passes(alice, bob):
    """Whether a new handshake comes about: a peer that is removed and added again has forgotten the last."""
    psk = alice.psk()
    wg("set", alice.interface, "peer", bob.public, "remove")
    alice.knows(bob, psk)
    return subprocess.run([*alice.prefix, sys.executable, "-c", ASK], stderr=subprocess.DEVNULL, timeout=60).returncode == 0


def opens(alice, bob):
    """Keys change every second: the two sides have the same one nearly always, and a handshake then gets through."""
    wait_until(lambda: passes(alice, bob), 60, "the tunnel to open")


def has_expired(host):
    return [e for e in host.program.all("error") if "no fresh key" in e["text"]]


def shuts(host, other):
    """The key is gone from the interface in time, and with it the tunnel."""
    def ended():
        newest = max((e["time"] for e in host.program.all("confirmed")), default=0)
        return any(e["time"] > newest for e in has_expired(host))
    wait_until(ended, 20 + LIFETIME, "the end of the key of " + host.kind)
    wait_until(lambda: host.psk() == host.file(), 20, "random bytes in the interface")
    check(host.psk() != other.psk(), "both sides have the same random bytes")
    check(not passes(*((host, other) if host.kind == "alice" else (other, host))), "the tunnel is open without a key")


def a_peer_is_killed():
    alice, bob = tunnel()
    before = {alice.psk(), bob.psk()}
    check(not passes(alice, bob), "the tunnel is open before there is a key")
    bob.start().event("listening")
    alice.start().event("open")
    opens(alice, bob)
    check(not before & {alice.psk(), bob.psk()}, "the keys of the start are still there")
    bob.program.kill()
    shuts(alice, bob)


def a_peer_comes_back():
    alice, bob = tunnel()
    bob.start().event("listening")
    alice.start().event("open")
    bob.program.kill()
    shuts(alice, bob)
    bob.start()
    opens(alice, bob)


def an_alice_is_killed():
    """Then the key ends at bob, too; and what she herself has left there when she comes back to nobody."""
    alice, bob = tunnel()
    bob.start().event("listening")
    alice.start().event("open")
    opens(alice, bob)
    alice.program.kill()
    shuts(bob, alice)
    bob.program.kill()
    left = alice.psk()
    alice.start()
    shuts(alice, bob)
    check(alice.psk() != left, "the old key is still there")


def the_cable_is_out():
    alice, bob = tunnel()
    bob.start().event("listening")
    alice.start().event("open")
    must("-n", alice.namespace, "link", "set", "eth0", "down")
    for host in (alice, bob):
        wait_until(lambda host=host: has_expired(host), 20 + LIFETIME, "the end of a key")
    check(alice.psk() != bob.psk(), "both sides have the same key")
    must("-n", alice.namespace, "link", "set", "eth0", "up")
    opens(alice, bob)


def sleeps(sleeper):
    """For longer than a key lives: who wakes up ends his key, and then there is another."""
    alice, bob = tunnel()
    bob.start().event("listening")
    alice.start().event("open")
    asleep, awake = (bob, alice) if sleeper == "bob" else (alice, bob)
    asleep.program.signal(signal.SIGSTOP)
    shuts(awake, asleep)
    time.sleep(patience(1))
    n = len(alice.program.all("open"))
    asleep.program.signal(signal.SIGCONT)
    alice.program.event("open", count=n + 1)
    opens(alice, bob)


def alice_sleeps():
    sleeps("alice")


def bob_sleeps():
    sleeps("bob")


def a_command_fails():
    """At alice's alone, again and again: her log says so, her interface keeps what it had, and nothing passes, since bob's
    takes each key; once the command works again, the tunnel opens by itself."""
    alice, bob = tunnel()
    alice.configure(bob, parley.read("bob-parley-wg-wg0/identity").split()[-1].decode(), "test -e %s && " % path("well"))
    before = alice.psk(), bob.psk()
    bob.start().event("listening")
    alice.start().event("confirmed", count=3)
    wait_until(lambda: alice.program.stderr.count("--on-key ended with status 1") > 1, 20, "alice's log to say so")
    equal(alice.psk(), before[0], "alice's key")
    wait_until(lambda: bob.psk() != before[1], 20, "bob's new key")
    check(not passes(alice, bob), "the tunnel is open")
    write("well", b"")
    opens(alice, bob)


LONG = (a_command_fails, a_peer_comes_back, an_alice_is_killed, the_cable_is_out, alice_sleeps, bob_sleeps)
run(a_peer_is_killed, *(LONG if os.environ.get("PARLEY_LONG") else ()))
