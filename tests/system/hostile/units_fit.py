"""The two systemd units as they are shipped, run by hand: they agree, stay together, and leave one key file on each side."""

import contextlib
import os
import re
import shlex
import signal
import subprocess

import parley
from parley import Program, check, equal, key_of, path, read, run, wait_until

UNITS = {"bob": os.environ["PARLEY_BOB_UNIT"], "alice": os.environ["PARLEY_ALICE_UNIT"]}


class Unit:
    """What systemd makes of a unit's commands, with its folders inside ours."""

    def __init__(self, kind, instance="", **settings):
        with open(UNITS[kind], encoding="utf-8") as f:
            lines = [line.strip() for line in f if "=" in line and not line.startswith("#")]
        self.kind, self.lines = kind, [tuple(line.split("=", 1)) for line in lines]
        self.instance, self.settings = instance, {}
        for value in self.values("Environment"):
            self.settings.update(setting.split("=", 1) for setting in shlex.split(value))
        self.settings.update(settings)
        for option, folder in (("StateDirectory", "/var/lib/"), ("RuntimeDirectory", "/run/")):
            for name in self.values(option):
                equal(self.values(option + "Mode"), ["0700"], "mode of a folder")
                with contextlib.suppress(FileExistsError):
                    os.makedirs(self.inside(folder + self.specified(name)), 0o700)

    def values(self, option):
        return [value for name, value in self.lines if name == option]

    def specified(self, text):
        return re.sub("%(.)", lambda m: {"i": self.instance, "%": "%"}[m.group(1)], text)

    @staticmethod
    def inside(text):
        return re.sub("(/var/lib|/run|/etc)/", lambda m: path(m.group(1)[1:].replace("/", "-")) + "/", text)

    def command(self, option):
        """The words behind the program's name."""
        (line,) = self.values(option)
        words = []
        for word in shlex.split(line):
            name = re.fullmatch(r"\$([A-Z_]+)", word)
            if name:
                words += self.settings[name.group(1)].split()
            else:
                word = re.sub(r"\$\{([A-Z_]+)\}", lambda m: self.settings[m.group(1)], word).replace("$$", "$")
                words.append(self.inside(self.specified(word)))
        return words

    def prepare(self):
        """ExecStartPre: whatever happens before, an identity is there, the same as ever. Its public key."""
        program = {"alice": parley.ALICE, "bob": parley.BOB}[self.kind]
        words = [re.sub(r"\S*/%s(?= --new)" % self.kind, lambda m: shlex.quote(program), word) for word in self.command("ExecStartPre")]
        subprocess.run(words, check=True, stderr=subprocess.DEVNULL, timeout=60)
        options = self.command("ExecStart")
        with open(options[options.index("--identity") + 1], encoding="ascii") as f:
            return f.read().split()[-1]

    def start(self):
        words = self.command("ExecStart")
        if words[0] == "/bin/sh": # bob's: what the shell would run
            words[2] = re.sub(r"exec \S*/bob ", r"printf '%s\\n' bob ", words[2])
            words = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60,
                                   env=dict(os.environ, **self.settings)).stdout.split("\n")[:-1]
            words += ["--listen", parley.loopback() + ":0"]
        return Program(self.kind, words[1:])


def files(folder):
    return sorted(name for name in os.listdir(path(folder)))


def without_peers():
    """The first start makes an identity and says what is missing; systemd does not try that again and again."""
    for kind in UNITS:
        unit = Unit(kind, "127.0.0.1:1")
        equal(unit.prepare(), unit.prepare(), "the identity")
        program = unit.start()
        program.wait(64)
        program.one_error("--peer")
        check("64" in unit.values("RestartPreventExitStatus")[0].split(), "what is no reason to start again")


def start_both(bob_options="", **alice_settings):
    bob_unit = Unit("bob", BOB_PEERS="", BOB_OPTIONS=bob_options)
    bobs_key = bob_unit.prepare()
    alice_unit = Unit("alice", "here", ALICE_PEERS=bobs_key, **alice_settings)
    alices_key = alice_unit.prepare()
    bob_unit.settings["BOB_PEERS"] = alices_key
    bob = bob_unit.start()
    address = bob.event("listening")["address"]

    def alice():
        unit = alice_unit.start()
        return unit
    # the instance is the address; her folders keep the name that they have
    original = alice_unit.command

    def command(option):
        return [address if word == "here" else word for word in original(option)]
    alice_unit.command = command
    return bob, alice, alices_key.replace("+", "-").replace("/", "_")


def as_they_are_shipped():
    """Alice stays, and comes back after a restart: there is one key on each side, the same."""
    bob, alice, alices_name = start_both()
    for _ in range(2):
        program = alice()
        session = program.event("open")["session"]
        bob.event("open", session=session)
        wait_until(lambda: files("run/parley-bob") == [alices_name], 20, "bob's key file")
        wait_until(lambda: files("run/parley-alice-here") == ["key"], 20, "alice's key file")
        wait_until(lambda: key_of("run/parley-bob/" + alices_name) == key_of("run/parley-alice-here/key"), 20, "alice's key to be bob's")
        check("authenticated=yes" in program.stderr, "alice does not know who bob is")
        program.signal(signal.SIGTERM)
        program.wait(None)
        bob.event("closed", session=session)
    equal(files("run/parley-bob") + files("run/parley-alice-here"), [alices_name, "key"], "files at the end")
    bob.signal(signal.SIGTERM)
    bob.wait(0)


def fresh_keys():
    bob, alice, alices_name = start_both(ALICE_REKEY="0.3", ALICE_OPTIONS="--params n256", bob_options="--params n256")
    program = alice()
    program.event("confirmed", rekey=True, count=3)
    check(program.running() and bob.running(), "somebody has gone")
    program.signal(signal.SIGTERM)
    program.wait(None)
    bob.event("closed")
    wait_until(lambda: files("run/parley-bob") == [alices_name], 20, "one file")
    equal(len(read("run/parley-bob/" + alices_name)), 45, "its bytes")


def by_a_file():
    """/etc/parley/bob.conf has the alices instead, with a file and a command for each, and a reload is for another one."""
    bob_unit, alice_unit = Unit("bob", BOB_PEERS="not looked at", BOB_OPTIONS="--params n64"), Unit("alice", "here")
    bobs_key, alices_key = bob_unit.prepare(), alice_unit.prepare()
    os.makedirs(path("etc/parley"))
    subprocess.run([parley.ALICE, "--new-identity", path("stranger")], check=True, capture_output=True, timeout=60)
    stranger = read("stranger").split()[-1].decode()
    parley.write("etc/parley/bob.conf", b"# [peer none]\nparams = n64\n")
    refused = subprocess.run(bob_unit.command("ExecStart"), capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    equal(refused.returncode, 65, "status where nobody is pinned")
    check("bob.conf: there is no [peer NAME]" in refused.stderr, "it says", refused.stderr)
    check("65" in bob_unit.values("RestartPreventExitStatus")[0].split(), "what is no reason to start again")
    parley.write("etc/parley/bob.conf", ("[peer none]\nkey = %s\n" % stranger).encode())
    bob = bob_unit.start()
    address = bob.event("listening")["address"]
    options = ["--connect", address, "--identity", alice_unit.command("ExecStart")[alice_unit.command("ExecStart").index("--identity") + 1],
               "--peer", bobs_key, "--params", "n64"]
    Program("alice", options, stdin=b"").wait(1)
    parley.write("etc/parley/bob.conf", ("[peer ann]\nkey = %s\nfile = %s\n" % (alices_key, path("ann"))).encode())
    (reload,) = bob_unit.values("ExecReload")  # by the shell alone: a small Debian has no other program to send a signal
    subprocess.run(shlex.split(bob_unit.inside(reload).replace("$$", "$")), check=True, timeout=60,
                   env=dict(os.environ, PATH="/nowhere", MAINPID=str(bob.process.pid)))
    wait_until(lambda: "read again" in bob.stderr, 20, "the file to be read again")
    alice = Program("alice", options + ["--key-out", path("hers")], stdin=b"")
    alice.wait(0)
    wait_until(lambda: key_of("ann") == key_of("hers"), 20, "ann's key at bob")
    bob.signal(signal.SIGTERM)
    bob.wait(0)


def a_bob_who_only_agrees():
    """That does not fit, and is no success."""
    bob, alice, _ = start_both(ALICE_OPTIONS="--params n64", bob_options="--params n64 --agree-only")
    program = alice()
    program.wait(69)
    program.one_error("only agreed on a key", "--rekey")
    check(bob.running(), "bob has gone")


run(without_peers, as_they_are_shipped, fresh_keys, by_a_file, a_bob_who_only_agrees)
