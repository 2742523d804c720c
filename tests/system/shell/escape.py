"""Names and chat text of a peer never reach a terminal or a log unescaped."""

from parley import N64, check, equal, run, start_alice, start_bob, wait_until

EVIL = b"\x1b[2J\x1b]0;owned\x07\x9b31m\xff\xc0\x80\xe2\x80\xae\x7f\x08\rend"
SHOWN = (b"\\x1b[2J", b"\\x07", b"\\x9b", b"\\xff", b"\\x7f", b"\\x08", b"\\x0d")
# sequences that none of our own lines contain
RAW = (b"\x1b[2J", b"\x1b]", b"\x07", b"\x9b", b"\xff", b"\xc0\x80", b"\xe2\x80\xae", b"\x7f", b"\x08\rend")


def harmless(data, who):
    for raw in RAW:
        check(raw not in data, "%r reaches %s" % (raw, who))


def stderr_of(program):
    with open(program.error_path, "rb") as f:
        return f.read()


def names_in_logs_and_events():
    """From alice to a bob who keeps a log, and to one who serves her alone; from bob to alice."""
    for once in ((), ("--once",)):
        bob = start_bob(*once, *N64, "--name", EVIL, stdin=b"")
        alice = start_alice(bob, *N64, "--name", EVIL, stdin=b"x\n")
        alice.wait(0)
        bob.event("closed")
        for program in (alice, bob):
            harmless(stderr_of(program), "stderr of " + program.name)
            with open(program.events_path, "rb") as f:
                harmless(f.read(), "events of " + program.name)
        check(b"\\x1b[2J" in stderr_of(bob) and b"\\x1b[2J" in stderr_of(alice), "the name is not shown at all")
        harmless(bob.output if not once else b"", "standard output of a bob who serves many")


def chat_at_a_terminal():
    """The text comes from a pipe, byte by byte as evil as it can be."""
    for listener in ("bob", "alice"):
        if listener == "bob":
            shown = start_bob("--once", *N64, tty=True)
            evil = start_alice(shown, *N64, "--name", EVIL, stdin=b"begin " + EVIL + b"\n" + b"next line\n")
        else:
            evil = start_bob("--once", *N64, "--name", EVIL, stdin=b"begin " + EVIL + b"\n" + b"next line\n")
            shown = start_alice(evil, *N64, tty=True)
        shown.terminal.expect(b"begin ")
        shown.terminal.expect(b"next line")
        evil.wait(0)
        shown.wait(0)
        for text in SHOWN:
            check(text in shown.terminal.seen, "%r is not shown at the terminal of %s" % (text, listener))
        for raw in RAW[:-1]:
            check(raw not in shown.terminal.seen, "%r reaches the terminal of %s" % (raw, listener))


def a_switchboard_at_a_terminal():
    bob = start_bob(*N64, tty=True)
    alice = start_alice(bob, *N64, "--name", EVIL, stdin=b"begin " + EVIL + b"\nno newline at the end" + EVIL)
    alice.wait(0)
    bob.terminal.expect(b"begin ")
    bob.terminal.expect(b"no newline")
    bob.event("closed", status=0)
    for raw in RAW[:-1]:
        check(raw not in bob.terminal.seen, "%r reaches the terminal" % raw)


def a_switchboard_in_a_pipe():
    bob = start_bob(*N64, stdin=b"")
    alice = start_alice(bob, *N64, "--name", "carol", stdin=b"begin " + EVIL + b"\nforged: line\n")
    alice.wait(0)
    bob.event("closed", status=0)
    wait_until(lambda: bob.output.count(b"\n") >= 2, 30, "two lines")
    bob.kill()
    harmless(bob.output, "standard output")
    equal(len(bob.output.splitlines()), 2, "lines")
    check(all(line.startswith(b"carol: ") for line in bob.output.splitlines()), "a line without its sender")


def a_very_long_line():
    """Comes in pieces, and nothing is lost."""
    bob = start_bob(*N64, stdin=b"")
    alice = start_alice(bob, *N64, "--name", "carol", stdin=b"\xc3\xa4" * 50000 + b"\n")
    alice.wait(0)
    bob.event("closed", status=0)

    def shown():
        return b"".join(line.split(b": ", 1)[1] for line in bob.output.splitlines() if b": " in line)

    wait_until(lambda: len(shown()) >= 100000, 30, "100000 bytes, with %d shown" % len(shown()))
    check(shown() == b"\xc3\xa4" * 50000, "bob shows something else")


run(names_in_logs_and_events, chat_at_a_terminal, a_switchboard_at_a_terminal, a_switchboard_in_a_pipe, a_very_long_line)
