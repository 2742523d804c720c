"""--agree-only stops once the key is confirmed; --key-out and --on-key hand the key on."""

import os
import stat

from parley import N64, Program, Relay, check, equal, key_of, path, run, start_alice, start_bob, write


def both_sides():
    bob = start_bob("--once", "--agree-only", *N64, "--key-out", path("bob.key"), stdin=b"not for reading")
    with open(write("input", b"not for reading\n"), "rb") as stdin:
        alice = start_alice(bob, "--agree-only", *N64, "--key-out", path("alice.key"), stdin=stdin)
        alice.wait(0)
        equal(os.lseek(stdin.fileno(), 0, os.SEEK_CUR), 0, "bytes that alice read from her standard input")
    bob.wait(0)
    equal(key_of("alice.key"), key_of("bob.key"), "alice's key")
    equal((alice.output, bob.output), (b"", b""), "standard output")
    equal((alice.errors, bob.errors), ([], []), "errors")
    equal(alice.event("confirmed")["fingerprint"], bob.event("confirmed")["fingerprint"], "alice's fingerprint")


def alice_only():
    """A bob who has nothing to say ends well, with an input at its end as with one that would still wait."""
    for stdin in (None, "pipe"):
        bob = start_bob("--once", *N64, "--key-out", path("bob.key"), stdin=stdin)
        start_alice(bob, "--agree-only", *N64, "--key-out", path("alice.key")).wait(0)
        bob.wait(0)
        equal(key_of("alice.key"), key_of("bob.key"), "alice's key")


def bob_only():
    for stdin in (None, b""):
        bob = start_bob("--once", "--agree-only", *N64, "--key-out", path("bob.key"))
        start_alice(bob, *N64, "--key-out", path("alice.key"), stdin=stdin).wait(0)
        bob.wait(0)
        equal(key_of("alice.key"), key_of("bob.key"), "alice's key")


def a_bob_who_serves_many_keys():
    bob = start_bob("--agree-only", *N64, "--key-out", path("bob-%s"))
    keys = set()
    for i in range(3):
        alice = start_alice(bob, "--agree-only", *N64, "--key-out", path("alice-%d" % i))
        alice.wait(0)
        session = alice.event("confirmed")["session"]
        bob.event("closed", session=session, status=0)
        keys.add(key_of("alice-%d" % i))
        equal(key_of("bob-" + session), key_of("alice-%d" % i), "bob's key of session " + session)
    equal(len(keys), 3, "different keys")


def sets_of_other_tasks():
    """One bob, several sets of all tasks, over TCP."""
    bob = start_bob("--agree-only", "--params", "n64,r509,r13109,r17669,l32,l48,l64,l640", "--key-out", path("bob-%s"))
    for name in ("l64", "l32", "l640", "n64", "r509", "r13109", "r17669", "l48"):
        alice = start_alice(bob, "--agree-only", "--params", name, "--key-out", path("alice-" + name))
        alice.wait(0)
        confirmed = alice.event("confirmed")
        equal(confirmed["params"], name, "the set")
        bob.event("closed", session=confirmed["session"], status=0)
        equal(key_of("bob-" + confirmed["session"]), key_of("alice-" + name), "bob's key with set " + name)


def alices_data_is_lost():
    bob = start_bob("--once", "--agree-only", *N64)
    alice = start_alice(bob, *N64, stdin=b"does anybody read this?" * 100)
    alice.wait(74)
    alice.one_error("only agreed")
    bob.wait(0)


def bobs_data_is_lost():
    bob = start_bob("--once", *N64, stdin=b"does anybody read this?" * 100)
    alice = start_alice(bob, "--agree-only", *N64)
    alice.wait(0)
    bob.wait(74)
    bob.one_error("only agreed")
    equal(alice.output, b"", "what alice wrote")


def the_key_file():
    """Mode 0600 whatever the umask, an older file replaced, nothing else left behind."""
    os.mkdir(path("keys"))
    write("keys/alice", b"an older and much longer content" * 10)
    os.chmod(path("keys/alice"), 0o644)
    old = os.umask(0)
    try:
        bob = start_bob("--once", "--agree-only", *N64, "--key-out", path("keys/bob-%s-100%%"))
        alice = start_alice(bob, "--agree-only", *N64, "--key-out", path("keys/alice"))
        alice.wait(0)
        bob.wait(0)
    finally:
        os.umask(old)
    bobs = "bob-%s-100%%" % alice.event("confirmed")["session"]
    equal(sorted(os.listdir(path("keys"))), sorted(["alice", bobs]), "files")
    for name in ("alice", bobs):
        equal(oct(stat.S_IMODE(os.stat(path("keys/" + name)).st_mode)), "0o600", "mode of " + name)
    equal(key_of("keys/alice"), key_of("keys/" + bobs), "alice's key")


def the_command():
    """It sees the file in place and three variables; what it prints does not mix with data."""
    command = 'cp "$PARLEY_KEY_FILE" "$PARLEY_KEY_FILE.copy"; env | grep ^PARLEY_ | sort; echo words'
    bob = start_bob("--once", *N64, "--key-out", path("bob.key"), "--on-key", command,
                    environment={"PARLEY_SESSION": "of somebody else"})
    alice = start_alice(bob, *N64, "--key-out", path("alice.key"), "--on-key", command, stdin=b"data")
    alice.wait(0)
    bob.wait(0)
    session = alice.event("open")["session"]
    equal((alice.output, bob.output), (b"", b"data"), "standard output")
    for program, name in ((alice, "alice.key"), (bob, "bob.key")):
        equal(key_of(name + ".copy"), key_of(name), "key that the command of %s saw" % program.name)
        lines = program.stderr.splitlines()
        equal([line for line in lines if line.startswith("PARLEY_SESSION=")], ["PARLEY_SESSION=" + session], "session")
        equal([line for line in lines if line.startswith("PARLEY_KEY_FILE=")], ["PARLEY_KEY_FILE=" + path(name)], "file")
        peers = [line for line in lines if line.startswith("PARLEY_PEER=")]
        check(len(peers) == 1 and len(peers[0]) > len("PARLEY_PEER="), "no PARLEY_PEER for " + program.name)
        check("words" in lines, "the words of the command are lost")


def a_failing_command():
    for command, part in (("exit 3", "3"), ("kill -9 $$", "9"), ("/no/such/program", "127")):
        for side in ("alice", "bob"):
            hook = ("--key-out", path("key-" + side), "--on-key", command)
            bob = start_bob("--once", "--agree-only", *N64, *(hook if side == "bob" else ("--key-out", path("bob"))))
            alice = start_alice(bob, "--agree-only", *N64, *(hook if side == "alice" else ()))
            program = alice if side == "alice" else bob
            alice.wait(74)
            bob.wait(74 if side == "bob" else 1)  # who never saw that alice has accepted the key hands on none
            check("--on-key" in program.one_error(part), "the line does not name --on-key")
            equal(len(program.all("error")), 1, "error events")
            equal(program.event("closed")["status"], 74, "status of the session")
            check(not os.path.exists(path("bob")), "bob's file exists")


def a_folder_that_is_missing():
    """Found before anybody has a key: a bob does not listen, an alice does not connect."""
    os.mkdir(path("folder"))
    for kind in ("alice", "bob"):
        for name in ("no/such/folder/key", "no/such/folder/%s", "no/%s/key", "folder"):
            program = Program(kind, ["--agree-only", "--once"][:1 + (kind == "bob")] + ["--key-out", path(name)])
            program.wait(74)
            program.one_error("--key-out", path(name), "irectory")
            equal(program.all("listening") + program.all("connected"), [], "what has happened before")


def a_file_that_cannot_be_written():
    """Seen on the screen, in the events and in the status; and by the peer, whose key is of no use."""
    os.mkdir(path("no"))
    for side in ("alice", "bob"):
        broken = ("--key-out", path("no/%s/key"))
        bob = start_bob("--once", "--agree-only", *N64, *(broken if side == "bob" else ()))
        alice = start_alice(bob, "--agree-only", *N64, *(broken if side == "alice" else ()))
        alice.wait(74)
        bob.wait(74 if side == "bob" else 1)
        program = alice if side == "alice" else bob
        program.one_error("--key-out", path("no/"), "No such")
        equal(len(program.all("error")), 1, "error events")


def no_key_no_file():
    """A session that is not confirmed leaves no key and runs no command."""
    bob = start_bob("--once", *N64, "--key-out", path("bob.key"), "--on-key", "touch " + path("ran"))
    relay = Relay(bob.address, hold_down=600)
    alice = start_alice(relay.address, "--agree-only", "--timeout", "1", *N64, "--key-out", path("alice.key"))
    check(relay.holding.wait(60), "the session went on")
    alice.kill()
    bob.wait(74)
    for name in ("alice.key", "bob.key", "ran"):
        check(not os.path.exists(path(name)), name, "exists")


run(both_sides, alice_only, bob_only, a_bob_who_serves_many_keys, sets_of_other_tasks, alices_data_is_lost, bobs_data_is_lost,
    the_key_file, the_command, a_failing_command, a_folder_that_is_missing, a_file_that_cannot_be_written,
    no_key_no_file)
