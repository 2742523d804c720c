"""--config: the words of the command line in a file, peers as sections, and the file read again without losing a session."""

import os
import signal

from parley import N64, Program, check, equal, key_of, path, read, run, same_key, start_alice, start_bob, wait_until, write


def new_identity(name):
    """Its public key."""
    program = Program("bob" if name == "bob" else "alice", ["--new-identity", path(name + ".id")], events=False)
    program.wait(0)
    return program.output.decode().strip()


def config(text, name="bob.conf", mode=0o644):
    write(name, text.encode())
    os.chmod(path(name), mode)
    return ("--config", path(name))


def section(name, key, hook=True):
    lines = ["[peer %s]" % name, "key = " + key, "file = " + path(name + ".key")]
    if hook:
        lines.append('hook = echo "$PARLEY_NAME $PARLEY_EVENT; # not a comment" >> ' + path("notes"))
    return "\n".join(lines) + "\n"


def an_alice(name, bob, bobs_key, *options):
    return start_alice(bob, *N64, "--identity", path(name + ".id"), "--peer", bobs_key, *options, stdin="pipe")


def told():
    return read("notes").decode().splitlines() if os.path.exists(path("notes")) else []


def a_flag_goes_over_the_file():
    options = config("# a comment\nparams = n64\nonce = yes\nname = from the file\ntimeout = 20\n")
    bob = start_bob(*options, stdin=b"")
    alice = start_alice(bob, *N64, stdin=b"")
    alice.wait(0)
    bob.wait(0)
    check("from the file" in alice.stderr, "his name is not the file's")
    bob = start_bob(*options, "--params", "r509", "--name", "from the flag", stdin=b"")
    alice = start_alice(bob, "--params", "r509", stdin=b"")
    alice.wait(0)
    bob.wait(0)
    check("from the flag" in alice.stderr, "his name is not the flag's")
    alice = Program("alice", [*config("connect = [::1]:1\nparams = n64\n", "alice.conf")])
    alice.wait(69)
    alice.one_error("[::1]:1")


def what_is_wrong_is_said_with_its_line():
    key = new_identity("ann")
    for text, status, words in (
            ("params = n64\ntimeout = soon\n", 64, ("bob.conf:2: --timeout: 'soon'",)),
            ("\nlisten = [::1]:0\nstay = -1\n", 64, ("bob.conf:3: --stay",)),
            ("colour = red\n", 65, ("bob.conf:1: there is no word 'colour'",)),
            ("rekey = 5\n", 65, ("bob.conf:1: there is no word 'rekey'",)),
            ("log = perhaps\n", 65, ("bob.conf:1: log is yes or no",)),
            ("config = other\n", 65, ("no word 'config'",)),
            ("on-key-retries = 2\n[peer ann]\nkey = %s\n" % key, 64, ("--on-key-retries", "or a peer's hook")),
            ("[peer ann]\nkey = abc\n", 65, ("line 2: 'abc' is not a public key",)),
            ("[peer ann]\nkey = %s # hers\n" % ("A" * 43 + "="), 65, ("line 2", "= # hers' is not a public key",)),
            ("[peer ann]\nkey = %s\n[peer bea]\nkey = %s\n" % (key, key), 65, ("line 4", "already the key of ann")),
            ("[peer ann]\nkey = %s\nhook = true\n" % key, 64, ("bob.conf:1: peer ann has a hook and no file",)),
            ("[peer ann]\n", 65, ("line 1: peer ann has no key",))):
        bob = start_bob("--once", *config(text), wait=False)
        bob.wait(status)
        bob.one_error(*words)
    bob = start_bob(*config("params = n64\n", mode=0o666), wait=False)
    bob.wait(77)
    bob.one_error("bob.conf", "others may write to it", "0666")
    bob = start_bob("--config", path("missing"), wait=False)
    bob.wait(74)
    bob.one_error("missing")
    bob = start_bob(*config(section("ann", key).replace(path("ann.key"), path("nowhere/ann"))), wait=False)
    bob.wait(74)
    bob.one_error("nowhere/ann")


def one_bob_for_many():
    """Each peer's key goes to her own file, with her own command; who is in no section gets nothing."""
    names = ["ann", "bea", "cay"]
    keys = {name: new_identity(name) for name in names + ["eve", "bob"]}
    bob = start_bob(*config("params = n64\n" + "".join(section(name, keys[name]) for name in names)), "--identity", path("bob.id"))
    alices = [an_alice(name, bob, keys["bob"], "--key-out", path(name)) for name in names]
    for name, alice in zip(names, alices):
        alice.event("open")
        wait_until(lambda name=name: name + " agreed; # not a comment" in told(), 20, "the command of " + name)
        same_key(name + ".key", name)
    equal(len(told()), 3, "commands")
    stranger = an_alice("eve", bob, keys["bob"], "--key-out", path("eve"))
    stranger.wait(1)
    check(not os.path.exists(path("eve")), "a stranger has a key")
    for alice in alices:
        alice.stdin.close()
        alice.wait(0)


def read_again():
    """Who is still there notices nothing, in whatever step she is; who is not has to go, and who is new may come."""
    keys = {name: new_identity(name) for name in ("ann", "bea", "cay", "bob")}
    options = config("params = n64\n" + section("ann", keys["ann"]) + section("bea", keys["bea"]))
    bob = start_bob(*options, "--identity", path("bob.id"))

    def said():
        return [line for line in bob.stderr.splitlines() if "--config" in line]

    def again(text, expected):
        before = len(said())
        config(text)
        bob.signal(signal.SIGHUP)
        wait_until(lambda: any(expected in line for line in said()[before:]), 20, "bob to say '%s'" % expected)

    ann = an_alice("ann", bob, keys["bob"], "--rekey", "0.3")
    bea = an_alice("bea", bob, keys["bob"])
    for alice in (ann, bea):
        bob.event("open", session=alice.event("open")["session"])
    again("params = n64\n" + section("ann", keys["ann"]) + section("cay", keys["cay"]), "2 pinned keys")
    bea.wait(74)
    equal(bob.event("closed", session=bea.event("open")["session"])["reason"], "her key is no longer in the configuration", "reason")
    an_alice("bea", bob, keys["bob"]).wait(1)
    cay = an_alice("cay", bob, keys["bob"])
    cay.event("open")
    wait_until(lambda: "cay agreed; # not a comment" in told(), 20, "her command")
    # what cannot be taken changes nothing
    again("params = n64\n[peer\n", "still holds")
    again("params = n64\n", "still holds")
    again(section("ann", keys["ann"]).replace(path("ann.key"), path("nowhere/ann")), "still holds")
    again("params = n256\n" + section("ann", keys["ann"]) + section("cay", keys["cay"]), "params has changed too")
    ann.event("confirmed", rekey=True, count=len(ann.all("confirmed", rekey=True)) + 2)
    for alice in (ann, cay):
        check(alice.running(), "a session was lost")
        alice.stdin.close()
        alice.wait(0)
    bob.signal(signal.SIGTERM)
    bob.wait(0)


def a_file_for_one():
    """Who is read later must not get the file of who was there before: nobody could tell whose key it holds."""
    keys = {name: new_identity(name) for name in ("ann", "bea", "bob")}
    head, ann = "params = n64\nkey-out = %s\n" % path("one"), "[peer ann]\nkey = %s\n" % keys["ann"]
    bob = start_bob(*config(head + ann), "--identity", path("bob.id"))
    config(head + ann + "[peer bea]\nkey = %s\n" % keys["bea"])
    bob.signal(signal.SIGHUP)
    wait_until(lambda: "--config" in bob.stderr, 20, "what bob says")
    check("--key-out: " in bob.stderr and "still holds" in bob.stderr, "he says", bob.stderr)


def the_life_of_a_key_that_was_left():
    """Who has gone from the file had a command that handed her key on: it is told when the key ends. Who has got another file has
    a key there, whose life counts; of the old file nothing is handed on."""
    keys = {name: new_identity(name) for name in ("ann", "bea", "bob")}
    head, hook = "params = n64\nlifetime = 2\n", 'hook = echo "$PARLEY_NAME $PARLEY_EVENT $PARLEY_KEY_FILE" >> %s\n' % path("notes")

    def of(name, file):
        return "[peer %s]\nkey = %s\nfile = %s\n%s" % (name, keys[name], path(file), hook)

    bob = start_bob(*config(head + of("ann", "ann.key") + of("bea", "bea.key")), "--identity", path("bob.id"))
    ann = an_alice("ann", bob, keys["bob"], "--key-out", path("ann"))
    bea = an_alice("bea", bob, keys["bob"], "--rekey", "0.3")
    for name in ("ann", "bea"):
        wait_until(lambda name=name: any(line.startswith(name + " agreed") for line in told()), 20, "the command of " + name)
    config(head + of("bea", "bea.other"))
    bob.signal(signal.SIGHUP)
    ann.wait(74)
    moved = "bea agreed " + path("bea.other")
    wait_until(lambda: moved in told(), 20, "a key in bea's other file")
    old = read("bea.key")
    wait_until(lambda: "ann expired " + path("ann.key") in told(), 20, "what ann's command is told in the end")
    check(key_of("ann.key") != key_of("ann"), "her key is there still")
    # on a machine that sleeps for so long the old file may have ended before there was a key in the other
    if "bea expired " + path("bea.key") not in told():
        wait_until(lambda: read("bea.key") != old, 20, "the end of bea's old file")
    since = told()[told().index(moved):]
    wait_until(lambda: told().count(moved) > since.count(moved) + 1, 20, "more keys of bea")
    check("bea expired " + path("bea.key") not in told()[told().index(moved):], "her command gets random bytes after a fresh key:", told())
    bea.stdin.close()
    bea.wait(0)


def no_first_command_later():
    """Who has started without commands has a filter of system calls that kills him for one."""
    key = new_identity("ann")
    bob = start_bob(*config(section("ann", key, hook=False)), *N64)
    config(section("ann", key))
    bob.signal(signal.SIGHUP)
    wait_until(lambda: "first hook" in bob.stderr, 20, "what bob says")
    check(bob.running(), "bob has gone")


def sigusr1_kills_nobody():
    bob = start_bob(*N64, stdin="pipe")
    alice = start_alice(bob, *N64, stdin="pipe")
    alice.event("open")
    for program in (alice, bob):
        program.signal(signal.SIGUSR1)
    alice.stdin.write(b"still here\n")
    alice.stdin.close()
    alice.wait(0)
    wait_until(lambda: b"still here" in bob.output, 20, "her line")
    check(bob.running(), "bob has gone")


run(a_flag_goes_over_the_file, what_is_wrong_is_said_with_its_line, one_bob_for_many, read_again, a_file_for_one,
    the_life_of_a_key_that_was_left, no_first_command_later, sigusr1_kills_nobody)
