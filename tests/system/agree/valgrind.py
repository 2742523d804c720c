"""A whole session under memcheck, both programs: no error and no leak."""

import shutil

import parley
from parley import N64, Skip, equal, key_of, path, run, start_alice, start_bob

MEMCHECK = ("valgrind", "-q", "--error-exitcode=98", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect",
            "--track-fds=no", "--child-silent-after-fork=yes")


def possible():
    if parley.SANITIZED:
        raise Skip("valgrind and the sanitizers do not go together")
    if not shutil.which("valgrind"):
        raise Skip("there is no valgrind here")


def clean(program):
    program.wait(0, seconds=300)
    errors = [line for line in program.stderr.splitlines() if line.startswith("==")]
    equal(errors, [], "words of valgrind about " + program.name)


def a_session():
    possible()
    options = ("--timeout", "100", *N64)
    bob = start_bob("--once", *options, "--key-out", path("bob"), "--on-key", "true", prefix=MEMCHECK, stdin=b"from bob\n")
    alice = start_alice(bob, *options, "--key-out", path("alice"), "--on-key", "true", prefix=MEMCHECK, stdin=b"from alice\n")
    clean(alice)
    clean(bob)
    equal((alice.output, bob.output), (b"from bob\n", b"from alice\n"), "the conversation")
    equal(key_of("alice"), key_of("bob"), "alice's key")


def a_restart_and_a_new_key():
    possible()
    options = ("--timeout", "100", *N64)
    bob = start_bob("--once", *options, prefix=MEMCHECK, stdin="pipe")
    alice = start_alice(bob, *options, "--fail-learning", "1", "--rekey", "2", prefix=MEMCHECK, stdin="pipe")
    alice.event("confirmed", count=2, seconds=300)
    alice.stdin.close()
    bob.stdin.close()
    clean(alice)
    clean(bob)


def a_bob_who_serves():
    """Also refusals and strangers; then SIGTERM."""
    import signal
    possible()
    bob = start_bob("--timeout", "100", *N64, prefix=MEMCHECK)
    s = parley.connect(bob.address)
    s.sendall(b"GET / HTTP/1.0\r\n\r\n")
    bob.event("closed", status=76, seconds=300)
    parley.agree(bob, "--timeout", "100")
    start_alice(bob, "--timeout", "100", "--params", "n128", stdin=b"x").wait(69, seconds=300)
    bob.event("closed", status=69, seconds=300)
    bob.signal(signal.SIGTERM)
    clean(bob)


run(a_session, a_restart_and_a_new_key, a_bob_who_serves)
