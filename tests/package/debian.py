"""The Debian packages: built from the tree, liked by lintian, upgraded while they run, installed, used between two hosts, and gone
without a trace.

What is installed goes to a copy of this system that only this process sees: an overlay in a mount namespace of its own."""

import ctypes
import glob
import gzip
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request

import parley
from namespaces import two_hosts
from parley import Skip, check, equal, key_of, later, path, run, start_alice, start_bob, wait_until

TOP = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
CLONE_NEWNS = 0x20000
PACKAGES = ("parley", "parley-eve")
# what dpkg and its triggers write about any package; none of it may name ours after a purge
BOOKS = ("var/lib/dpkg/", "var/log/", "var/cache/", "var/lib/systemd/", "etc/ld.so.cache", "run/", "tmp/")
built = None  # the folder with the packages
folders = []


def command(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, timeout=1800, stdin=subprocess.DEVNULL, **options)


def must(*words, **options):
    result = command(*words, **options)
    check(result.returncode == 0, " ".join(words), "ended with", result.returncode, result.stdout[-3000:],
          result.stderr[-3000:])
    return result.stdout


def packages():
    return [glob.glob("%s/%s_*.deb" % (built, name))[0] for name in PACKAGES]


def build():
    global built
    if not shutil.which("dpkg-buildpackage") or not shutil.which("dh"):
        raise Skip("there is no dpkg-buildpackage or no debhelper")
    lacking = command("dpkg-checkbuilddeps", os.path.join(TOP, ".packaging/debian/control"))
    if lacking.returncode:
        raise Skip(lacking.stderr.strip())
    before = command("git", "-C", TOP, "status", "--porcelain").stdout
    folder = tempfile.mkdtemp(prefix="parley-deb-")
    folders.append(folder)
    # where her sources were not to be had, the tests say so; the package is tried all the same
    without = [] if os.path.exists(os.path.join(TOP, "build-packages/fetched")) else ["--without-browser"]
    must(os.path.join(TOP, ".packaging/build-deb"), *without, folder)
    equal(sorted({os.path.basename(f).split("_")[0] for f in glob.glob(folder + "/*.deb") if "dbgsym" not in f}),
          sorted(PACKAGES), "packages")
    equal(command("git", "-C", TOP, "status", "--porcelain").stdout, before, "what git says of the tree")
    built = folder


def lintian_warns_of_nothing():
    if not built or not shutil.which("lintian"):
        raise Skip("there is no lintian" if built else "no package was built")
    result = command("lintian", "--fail-on", "error,warning", *glob.glob(built + "/*.changes"))
    check(result.returncode == 0, result.stdout, result.stderr)


def only_eve_needs_her_libraries():
    if not built:
        raise Skip("no package was built")
    needs = {name: must("dpkg-deb", "-f", file, "Depends") for name, file in zip(PACKAGES, packages())}
    for library in ("libpcap", "libxgboost", "libfann", "libgmp", "liblinear", "libwslay", "libqrencode"):
        check(library in needs["parley-eve"] and library not in needs["parley"], library, "in", needs)


def mount(*words):
    result = command("mount", *words)
    if result.returncode:
        raise Skip("cannot mount what the test needs: " + result.stderr.strip())


def copy_of_this_system():
    """(its root, the folder with what differs from this system)."""
    if os.getuid() != 0:
        raise Skip("to install packages needs root")
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        raise Skip("mount namespaces are not allowed here")
    mount("--make-rprivate", "/")
    layers, root = tempfile.mkdtemp(prefix="parley-layers-"), tempfile.mkdtemp(prefix="parley-root-")
    later(lambda: [command("umount", "-R", folder) and os.rmdir(folder) for folder in (root, layers)])
    mount("-t", "tmpfs", "none", layers)
    upper, scratch = os.path.join(layers, "upper"), os.path.join(layers, "scratch")
    os.mkdir(upper)
    os.mkdir(scratch)
    mount("-t", "overlay", "overlay", "-o", "lowerdir=/,upperdir=%s,workdir=%s" % (upper, scratch), root)
    for folder in ("/proc", "/dev", "/tmp"):
        mount("--rbind", folder, root + folder)
    return root, upper


def differences(upper):
    """Files that are new, changed or gone, the books aside."""
    found = []
    for folder, _, files in os.walk(upper):
        for name in files:
            relative = os.path.relpath(os.path.join(folder, name), upper)
            if not relative.startswith(BOOKS):
                found.append(relative)
    return sorted(found)


def traces(upper):
    """Any file name or text of the books that still knows the packages, dpkg's log and its copies of the past aside."""
    found = []
    for folder, _, files in os.walk(upper):
        for name in files:
            file = os.path.join(folder, name)
            relative = os.path.relpath(file, upper)
            if "parley" in relative:
                found.append(relative)
            elif relative == "var/lib/dpkg/status":
                with open(file, encoding="utf-8") as f:
                    found += re.findall(r"^Package: parley.*", f.read(), re.M)
    return found


def at_both_hosts(root):
    """alice and eve at one host, bob at the other, all three as installed; the toy is broken, and the chat is read."""
    a, b = two_hosts()
    inside = ("chroot", root)
    parley.ALICE, parley.BOB = "/usr/bin/alice", "/usr/bin/bob"
    bob = start_bob("--once", "--params", "n256", "--key-out", path("bob"), listen="10.99.0.2:24022", prefix=(*b, *inside),
                    stdin=b"from bob\n")
    eve = subprocess.Popen([*a, *inside, "/usr/bin/eve", "tap", "--listen", "10.99.0.1:24023", "--to", "10.99.0.2:24022",
                            "--write", path("pcap"), "--once"], stderr=open(path("eve"), "w"), stdin=subprocess.DEVNULL)
    later(lambda: eve.poll() is None and eve.kill())
    wait_until(lambda: b"listening" in parley.read("eve"), 30, "eve to listen")
    alice = start_alice("10.99.0.1:24023", "--params", "n256", "--key-out", path("alice"), prefix=(*a, *inside),
                        stdin=b"from alice\n")
    alice.wait(0)
    bob.wait(0)
    equal(eve.wait(parley.patience(60)), 0, "status of eve tap")
    equal((alice.output, bob.output), (b"from bob\n", b"from alice\n"), "the conversation")
    equal(key_of("alice"), key_of("bob"), "alice's key")
    must(*inside, "/usr/bin/eve", "learn", path("pcap"), "--budget", "300", "--key-out", path("found"))
    equal(key_of("found"), key_of("alice"), "eve's key")
    check("from alice" in must(*inside, "/usr/bin/eve", "read", path("pcap"), "--key", path("found")), "eve cannot read")


def serves_alice(inside, environment):
    """The installed eve hands out Alice in a browser, where there was something to build her from."""
    if not os.path.exists(os.path.join(TOP, "build-packages/fetched")):
        return
    eve = subprocess.Popen([*inside, "eve", "serve", "--listen", "127.0.0.1:0"], env=environment, text=True,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    later(lambda: (eve.kill(), eve.wait()))
    address = eve.stdout.readline().split("/#")[0]
    with urllib.request.urlopen(address + "/alice.wasm", timeout=60) as answer:
        equal(answer.headers["Content-Encoding"], "gzip", "encoding")
        check(gzip.decompress(answer.read()).startswith(b"\0asm"), "alice.wasm is no program")


# what services and administrators leave: the purge of the package removes it
LEFT = ("var/lib/private/parley-bob/identity", "var/lib/private/parley-wg-wg0/identity", "var/lib/parley-alice-h:1/identity",
        "etc/parley/bob.conf", "etc/parley/wg0.conf", "etc/default/parley-bob", "etc/default/parley-alice@h:1")
SERVICES = "parley-bob.service parley-alice@*.service parley-wg@*.service".split()


def said_to_services(root):
    """A function that gives (unit, action) of all that has been asked of systemd since it was asked before. systemd seems to
    run; systemctl does nothing in a chroot."""
    policy, log = path("policy-rc.d"), path("asked")
    with open(policy, "w", encoding="ascii") as f:
        f.write('#!/bin/sh\necho "$@" >>%s\n' % log)
    os.chmod(policy, 0o755)
    place = root + "/usr/sbin/policy-rc.d"
    if os.path.exists(place):
        mount("--bind", policy, place)
        later(lambda: command("umount", place))
    else:
        shutil.copy(policy, place)
        later(lambda: os.path.exists(place) and os.remove(place))
    mount("-t", "tmpfs", "none", root + "/run")
    later(lambda: command("umount", root + "/run"))
    os.makedirs(root + "/run/systemd/system")

    def asked():
        if not os.path.exists(log):
            return []
        with open(log, encoding="ascii") as f:
            found = [tuple(line.split()) for line in f if "parley" in line]
        os.remove(log)
        return found
    return asked


def upgrade_and_remove(root, inside, environment, files):
    """What runs is started again by an upgrade and stops before the program goes; keys and configuration stay until a purge."""
    asked = said_to_services(root)
    for name in LEFT:
        os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
        with open(os.path.join(root, name), "w", encoding="ascii") as f:
            f.write(name)
    must(*inside, "dpkg", "-i", *files, env=environment)
    equal(asked(), [(unit, "try-restart") for unit in SERVICES], "what an upgrade asks of systemd")
    must(*inside, "dpkg", "--remove", *reversed(PACKAGES), env=environment)
    equal(asked(), [(unit, "stop") for unit in SERVICES], "what removing asks of systemd")
    for name in LEFT:
        with open(os.path.join(root, name), encoding="ascii") as f:
            equal(f.read(), name, name)
    return asked


def install_use_and_purge():
    if not built:
        raise Skip("no package was built")
    root, upper = copy_of_this_system()
    inside = ("chroot", root)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", PATH="/usr/sbin:/usr/bin:/sbin:/bin")
    for file in packages():
        shutil.copy(file, path(os.path.basename(file)))
    files = [path(os.path.basename(f)) for f in packages()]
    must(*inside, "dpkg", "-i", *files, env=environment)
    for program in ("alice", "bob", "eve"):
        check(must(*inside, program, "--version", env=environment).startswith(program + " "), program, "is not there")
        check(os.path.exists("%s/usr/share/man/man1/%s.1.gz" % (root, program)), "no page of", program)
    check(os.path.exists(root + "/lib/systemd/system/parley-bob.service"), "no unit of bob")
    check(not any("wants" in name for name in differences(upper)), "a service was enabled:", differences(upper))
    serves_alice(inside, environment)
    script = shutil.copy(os.path.join(TOP, ".packaging/debian/tests/agreement"), path("agreement"))
    said = must(*inside, "env", "AUTOPKGTEST_TMP=" + path("."), script, env=environment)
    check("eve has the key of both" in said and "parley-challenge-1 r509" in said, "autopkgtest:", said)
    skipped = None
    try:
        at_both_hosts(root)
    except Skip as skip:
        skipped = skip
    asked = upgrade_and_remove(root, inside, environment, files)
    must(*inside, "dpkg", "--purge", *reversed(PACKAGES), env=environment)
    equal(asked(), [], "what a purge asks of systemd")
    if not os.path.ismount(root + "/usr/sbin/policy-rc.d"):
        os.remove(root + "/usr/sbin/policy-rc.d")
    equal(differences(upper), [], "files that the packages leave behind")
    equal(traces(upper), [], "traces of the packages")
    if skipped:
        raise Skip("installed and purged, but not used: %s" % skipped)


def upgraded_while_it_runs():
    """Under a systemd of its own, where what is said above to be asked of one is done."""
    if not built:
        raise Skip("no package was built")
    result = command("python3", os.path.join(TOP, "tests/package/upgrade.py"), packages()[0])
    if result.returncode == 77:
        raise Skip(result.stdout.strip()[-300:])
    check(result.returncode == 0, result.stdout[-6000:], result.stderr[-3000:])


def clean_up():
    for folder in folders:
        shutil.rmtree(folder)


try:
    run(build, lintian_warns_of_nothing, only_eve_needs_her_libraries, upgraded_while_it_runs, install_use_and_purge)
finally:
    clean_up()
