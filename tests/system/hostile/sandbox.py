"""Root gives up being root; the filter of system calls is on, and everything that the options promise works under it."""

import os
import pwd
import signal
import socket
import stat
import subprocess

import parley
from parley import (N64, Skip, agree, check, equal, key_of, path, run, start_alice, start_bob, wait_until)

NOBODY = "nobody"


def facts(program):
    """Of /proc: what the kernel knows of a process."""
    with open("/proc/%d/status" % program.process.pid) as f:
        return {line.split(":")[0]: line.split(":")[1].split() for line in f}


def must_be_linux():
    if not os.path.exists("/proc/self/status"):
        raise Skip("only Linux tells what a process may do")


def must_be_root():
    must_be_linux()
    if os.geteuid() != 0:
        raise Skip("only root can become another user")


def filtered():
    """Both programs, whatever runs in them; --no-sandbox leaves it out."""
    must_be_linux()
    bob = start_bob(*N64, "-v")
    alice = start_alice(bob, *N64, stdin="pipe")
    alice.event("open")
    has_filter = "system calls are filtered" in bob.stderr
    for program in (bob, alice):
        equal(facts(program)["NoNewPrivs"], ["1"], "no new privileges of " + program.name)
        equal(facts(program)["Seccomp"], ["2" if has_filter else "0"], "filter of " + program.name)
        for thread in os.listdir("/proc/%d/task" % program.process.pid):
            with open("/proc/%d/task/%s/status" % (program.process.pid, thread)) as f:
                check(("Seccomp:\t2" in f.read()) == has_filter, "a thread of", program.name, "has no filter")
    alice.stdin.close()
    alice.wait(0)
    plain = start_bob(*N64, "--no-sandbox")
    equal((facts(plain)["NoNewPrivs"], facts(plain)["Seccomp"]), (["0"], ["0"]), "--no-sandbox")
    if not has_filter:
        raise Skip("this build has no filter of system calls")


def all_that_the_options_promise():
    """Key files and commands, a name to resolve, re-keying, a key log, one bob for many and bob --once; with text both ways."""
    for files in ((), ("key-out",), ("key-out", "on-key"), ("keylog",), ("key-out", "keylog", "on-key")):
        for once in (True, False):
            options = {side: [] for side in ("alice", "bob")}
            for side in options:
                if "key-out" in files:
                    options[side] += ["--key-out", path(side + ("-%s" if side == "bob" else ""))]
                if "on-key" in files:
                    options[side] += ["--on-key", 'cp "$PARLEY_KEY_FILE" %s; echo $(id -u) | cat > /dev/null'
                                      % path(side + ".copy")]
                if "keylog" in files:
                    options[side] += ["--keylog", path(side + ".log")]
            bob = start_bob(*N64, *options["bob"], *(["--once"] if once else []), listen="localhost:0",
                            stdin="pipe" if once else b"")  # whose input has ended gets no more keys
            port = bob.address.rsplit(":", 1)[1]
            alice = start_alice("localhost:" + port, *N64, "--rekey", "0.3", *options["alice"], stdin="pipe")
            alice.event("confirmed", count=2)
            alice.stdin.write(b"a line\n")
            alice.stdin.close()
            if once:
                bob.stdin.close()
            alice.wait(0)
            if once:
                bob.wait(0)
                equal(bob.output, b"a line\n", "what bob wrote")
            else:
                bob.event("closed", status=0)
                bob.signal(signal.SIGTERM)
                bob.wait(0)
            equal((alice.errors, bob.errors), ([], []), "errors")
            if "key-out" in files:
                name = "bob-" + alice.event("open")["session"]
                equal(key_of("alice"), key_of(name), "alice's key")
                if "on-key" in files:
                    equal(key_of("alice.copy"), key_of("alice"), "key that alice's command saw")
                    equal(key_of("bob.copy"), key_of("alice"), "key that bob's command saw")


def a_port_for_root_alone():
    """Bound as root, served as nobody, who has no groups, no capabilities and no way back; and files are nobody's."""
    must_be_root()
    os.chmod(parley.FOLDER, 0o755)
    os.mkdir(path("keys"), 0o700)
    os.chown(path("keys"), pwd.getpwnam(NOBODY).pw_uid, -1)
    bob = None
    for port in (1021, 1019, 1013):  # below 1024: others need root
        bob = start_bob(*N64, "--user", NOBODY, "--key-out", path("keys/%s"), listen="127.0.0.1:%d" % port, wait=False,
                        events=False)
        wait_until(lambda: "waits" in bob.stderr or not bob.running(), 20, "words")
        if bob.running():
            break
    else:
        raise Skip("the ports tried are in use")
    bob.address = "127.0.0.1:%d" % port
    found = facts(bob)
    user = pwd.getpwnam(NOBODY)
    equal(found["Uid"], [str(user.pw_uid)] * 4, "user")
    equal(found["Gid"], [str(user.pw_gid)] * 4, "group")
    equal(found["Groups"], [], "other groups")
    for kind in ("CapInh", "CapPrm", "CapEff"):
        equal(found[kind], ["0" * 16], kind)
    check("is root" not in bob.stderr, "bob says that he is root")
    alice = agree(bob, "--key-out", path("alice"))
    name = path("keys/" + alice.event("open")["session"])
    wait_until(lambda: os.path.exists(name), 20, "bob's key file")
    equal((os.stat(name).st_uid, stat.S_IMODE(os.stat(name).st_mode)), (user.pw_uid, 0o600), "owner and mode of the key")
    bob.signal(signal.SIGTERM)
    bob.wait(0)


def files_that_the_user_cannot_write():
    """Said at start, before any alice could come."""
    must_be_root()
    os.chmod(parley.FOLDER, 0o755)
    os.mkdir(path("mine"), 0o755)
    for option, name in (("--key-out", "mine/%s"), ("--events", "mine/events"), ("--keylog", "mine/log")):
        bob = start_bob(*N64, "--user", NOBODY, option, path(name), wait=False, events=False)
        bob.wait(77)
        bob.one_error(option, path(name), NOBODY)
    equal(os.listdir(path("mine")), [], "files")


def who_may_not_and_who_is_not():
    must_be_root()
    bob = start_bob(*N64, "--user", "no-such-user", wait=False, events=False)
    bob.wait(64)
    bob.one_error("--user", "no-such-user")
    os.chmod(parley.FOLDER, 0o755)
    bob = start_bob(*N64, "--user", "root", wait=False, events=False, prefix=("setpriv", "--reuid", NOBODY, "--clear-groups"))
    bob.wait(77)
    bob.one_error("--user", "only root")


def one_line_about_root():
    must_be_root()
    bob = start_bob(*N64)
    lines = [line for line in bob.stderr.splitlines() if "root" in line]
    check(len(lines) == 1 and "--user" in lines[0], "lines about root:", lines)


def memory_is_hidden():
    """No core is written, and another process of the same user cannot read our memory; --no-sandbox changes nothing in that."""
    must_be_root()
    if parley.SANITIZED:
        raise Skip("a sanitizer's build can be debugged")
    os.chmod(parley.FOLDER, 0o755)
    as_nobody = ("setpriv", "--reuid", NOBODY, "--clear-groups")
    for options in ((), ("--no-sandbox",)):
        bob = start_bob(*N64, *options, wait=False, events=False, prefix=as_nobody)
        wait_until(lambda: "waits" in bob.stderr, 20, "words")
        pid = str(bob.process.pid)
        with open("/proc/%s/limits" % pid) as f:
            core = [line.split()[4:6] for line in f if line.startswith("Max core file size")]
        equal(core, [["0", "0"]], "limits of a core")
        look = ("python3", "-c", "import sys; open('/proc/%s/mem' % sys.argv[1], 'rb')")
        with subprocess.Popen([*as_nobody, "sleep", "60"]) as other:
            seen = subprocess.run([*as_nobody, *look, str(other.pid)], capture_output=True, check=False)
            other.kill()
        if seen.returncode:
            raise Skip("this system hides the memory of every program")
        his = subprocess.run([*as_nobody, *look, pid], capture_output=True, check=False)
        check(b"PermissionError" in his.stderr, "another process reads bob's memory")
        bob.kill()


def the_service_manager_is_told():
    """READY=1 when alices can come, or when the first key is there; STOPPING=1 at the end of bob."""
    for name in (path("notify"), "@parley-test-%d" % os.getpid()):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind("\0" + name[1:] if name[0] == "@" else name)
            manager.settimeout(parley.patience(60))
            bob = start_bob(*N64, environment={"NOTIFY_SOCKET": name})
            check(b"READY=1\n" in manager.recv(4096), "bob is not ready")
            command = 'test -z "$NOTIFY_SOCKET"'
            alice = start_alice(bob, *N64, "--key-out", path("key"), "--on-key", command, stdin="pipe",
                                environment={"NOTIFY_SOCKET": name})
            check(b"READY=1\n" in manager.recv(4096), "alice is not ready")
            check(alice.all("confirmed"), "alice was ready before she had a key")
            alice.stdin.close()
            alice.wait(0)
            bob.signal(signal.SIGTERM)
            check(b"STOPPING=1" in manager.recv(4096), "bob stops without a word")
            bob.wait(0)
    start_bob(*N64, environment={"NOTIFY_SOCKET": "/no/such/socket"})


run(filtered, all_that_the_options_promise, a_port_for_root_alone, files_that_the_user_cannot_write,
    who_may_not_and_who_is_not, one_line_about_root, memory_is_hidden, the_service_manager_is_told)
