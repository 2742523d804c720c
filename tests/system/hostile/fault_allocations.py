"""The k-th allocation of a program fails, for each k of an n64 session: status 70 (74 if a file could not be written) and
one line that says why, or all goes well; never a signal, never a success that is none. Those of libcrypto, thousands when it is loaded, are sampled, all of
them with --long. libseccomp 2.5.4 itself crashes when it has no memory while it builds the filter: it is left out."""

import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import termios

import parley
from parley import Skip, check, equal, loopback, path, patience, run, wait_until

LONG = "--long" in sys.argv
MANY = "libcrypto,libseccomp"
SOME = "libseccomp"
LINE = b"a line\n"
# What a library does when it has no memory, and says so itself.
LIBRARIES = ("virtual memory exhausted", "error while loading shared libraries")


def shim():
    found = os.environ.get("FAULT_SHIM")
    if not found:
        raise Skip("no fault shim here: it is for glibc, without a sanitizer")
    return found


def start(name, command, environment, stdin=None):
    """A process whose stderr and stdout are files `name`.err and `name`.out."""
    with open(path(name + ".err"), "wb") as err, open(path(name + ".out"), "wb") as out, open(stdin or os.devnull, "rb") as source:
        return subprocess.Popen(command, env=dict(os.environ, LC_ALL="C.UTF-8", **environment), stdin=source, stdout=out,
                                stderr=err, start_new_session=True)


def text(name):
    with open(path(name), errors="backslashreplace") as f:
        return f.read()


def wait(process, name):
    try:
        return process.wait(patience(60))
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError("%s has not ended:\n%s" % (name, text(name + ".err"))) from None


def fault(k, sampled):
    return dict({"FAULT_EXCEPT": SOME if sampled else MANY}, LD_PRELOAD=shim(), FAULT_ALLOCATION=str(k))


def count(kind, command, after, stdin=None):
    """How many allocations an undisturbed run takes: without those of the libraries, and all."""
    found = []
    for environment in ({"FAULT_EXCEPT": MANY}, {"FAULT_EXCEPT": SOME}):
        name = "%s-count-%d" % (kind, len(found))
        environment = dict(environment, LD_PRELOAD=shim(), FAULT_COUNT=path(name))
        process = start(name, command(name), environment, stdin)
        after(process, name)
        found.append(int(text(name).split()[0]))
    check(50 < found[0] <= found[1], "allocations that were counted:", found)
    return found


def all_of(found):
    """(k, whether it counts those of the libraries too)"""
    return [(k, False) for k in range(1, found[0] + 1)] + [(k, True) for k in range(1, found[1] + 1, 1 if LONG else 499)]


def ended_soon(process):
    try:
        return process.wait(patience(2)) is not None
    except subprocess.TimeoutExpired:
        return False


def one_error(kind, name, what):
    """There is one error line, about memory."""
    said = text(name + ".err")
    errors = [line for line in said.splitlines() if (line.startswith(kind + ": ") and "warning" not in line) or
              (line.startswith("closed peer=") and " status=0 " not in line)]
    check(len(errors) == 1 and "memory" in errors[0], "%d error lines, %s:\n%s" % (len(errors), what, said))


def check_status(kind, name, status, what, served=False):
    """Whether it went well; else it has said what was wrong, once."""
    said = text(name + ".err")
    about = "%s: status %s\n%s" % (what, status, said)
    if status == 0 and not served:
        check("\n" + kind + ": " not in "\n" + said.replace(kind + ": warning", ""), "an error, and the status of a success;", about)
    if status == 0:
        return True
    if any(words in said.lower() for words in LIBRARIES):
        check(status in (1, 127), "a library gave up with another status;", about)
        return False
    check(status in (70, 74), "neither 70 nor, for a file, 74;", about)
    one_error(kind, name, what)
    return False


def try_all(one, cases):
    if "FAULT_KEEP" in os.environ: # to see all of them at once
        keep = one

        def one(*case):
            try:
                return keep(*case)
            except AssertionError as error:
                print("CASE", case, error, flush=True)
                return False
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda case: one(*case), cases))
    well = sum(results)
    print("    %d cases, %d of which went well" % (len(results), well), flush=True)
    check(0 < well < len(results), "none failed or all did")


def events(name):
    """They take hundreds of allocations."""
    return ["--events", path(name + ".events")] if LONG else []


def address_of(name, process):
    def found():
        match = re.search(r"waits for (?:one alice|alices) at (\S+)", text(name + ".err"))
        return match or process.poll() is not None
    match = wait_until(found, 60, "a bob who listens, or has ended")
    return None if match is True else match.group(1)


def alice():
    bob = parley.start_bob(*parley.N64, "--max-sessions", "1000")
    line = parley.write("line", LINE)

    def command(name):
        return [parley.ALICE, "--connect", bob.address, "--params", "n64", "--key-out", path(name + ".key"), *events(name)]

    def one(k, sampled):
        name = "alice-%d-%s" % (k, sampled)
        process = start(name, command(name), fault(k, sampled), line)
        well = check_status("alice", name, wait(process, name), "allocation %d%s" % (k, " of all" if sampled else ""))
        if well:
            equal(len(text(name + ".key")), 45, "bytes of the key file of " + name)
            check(not LONG or '"closed"' in text(name + ".events"), "no last event:", name)
        return well

    try_all(one, all_of(count("alice", command, lambda process, name: equal(wait(process, name), 0, "status"), line)))
    parley.agree(bob)


def bob(*options):
    """A bob for each k. After a failure of a bob who serves many, he serves the next."""
    once = "--once" in options
    line = parley.write("line", LINE)

    def command(name):
        return [parley.BOB, "--listen", loopback() + ":0", "--params", "n64", "--key-out",
                path(name + (".key" if once else "-%s.key")), *options, *events(name)]

    def visit(name, number, address):
        visitor = "%s-visitor-%d" % (name, number)
        return wait(start(visitor, [parley.ALICE, "--connect", address, "--params", "n64", "-q"], {}, line), visitor)

    def after(process, name):
        equal(visit(name, 0, address_of(name, process)), 0, "status of alice")
        if not once:
            process.send_signal(signal.SIGTERM)
        equal(wait(process, name), 0, "status of bob")

    def one(k, sampled):
        name = "bob-%d-%s" % (k, sampled)
        what = "allocation %d%s" % (k, " of all" if sampled else "")
        process = start(name, command(name), fault(k, sampled))
        address = address_of(name, process)
        first = visit(name, 0, address) if address else None
        check(first in (None, 0, 1, 69, 74), "status %s of alice, %s" % (first, what))
        if not once and address:
            second = visit(name, 1, address)
            for again in range(2, 12):
                if second == 0 or ended_soon(process):  # a listener that had no memory opens again a little later
                    break
                second = visit(name, again, address)
            check(second == 0 or process.poll() is not None, "status %s of the next alice, %s\n%s" % (second, what, text(name + ".err")))
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        elif once and address and first and not ended_soon(process):
            process.send_signal(signal.SIGTERM)  # he has not had a Hello, and waits for the next
            equal(wait(process, name), 143, "status of a bob who waits for another, %s" % what)
            one_error("bob", name, what)
            return False
        well = check_status("bob", name, wait(process, name), what, served=not once)
        return well and first == 0

    try_all(one, all_of(count("bob", command, after)))


def bob_once():
    bob("--once")


def bob_who_serves_many():
    bob()


def a_thread_for_the_prompt():
    """The k-th thread cannot be made: one line says so, and the terminal is as it was."""
    said = []
    for k in range(1, 20):
        bob = parley.start_bob("--once", *parley.N64)
        alice = parley.start_alice(bob, *parley.N64, tty=True, environment={"LD_PRELOAD": shim(), "FAULT_THREAD": str(k)})
        if wait_until(lambda: not alice.running() or b"\r\n> " in alice.terminal.seen, 30, "a prompt, or the end"):
            modes = termios.tcgetattr(alice.terminal.master)[3]
        if alice.running():
            break
        check(alice.wait(None) in (70, 74), "status", alice.process.returncode, "without thread", k)
        errors = [line for line in alice.stderr.replace("\x1b[1;31m", "").splitlines() if line.startswith("alice: ")]
        equal(len(errors), 1, "error lines without thread %d" % k)
        said += errors
        check(modes & termios.ICANON and modes & termios.ECHO, "no echo or no lines without thread", k)
    check(any("no conversation here" in line for line in said), "nobody missed the thread of the prompt:", said)


sys.argv = [a for a in sys.argv if a != "--long"]
run(alice, bob_once, bob_who_serves_many, a_thread_for_the_prompt)
