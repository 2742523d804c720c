"""A person at a terminal: the chat, its end, the switchboard, --step, colours."""

import fcntl
import os
import re
import signal
import termios
import time

from parley import N64, STEPS, Terminal, check, equal, open_terminal, run, start_alice, start_bob, wait_until


def plain(data):
    """What is left of terminal output without its control sequences."""
    return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]|\r", b"", data)


def shown_lines(program):
    """What stands on the screen, without bob's prompt: lines come in its place, and it may be back between two of them."""
    return [line.removeprefix("all> ") for line in plain(program.terminal.seen).decode().splitlines()]


def shown(program):
    return " ".join(" ".join(shown_lines(program)).split())


class SlowReader(Terminal):
    """As on a busy machine: its thread is held up between two reads."""

    @property
    def seen(self):
        return self.kept

    @seen.setter
    def seen(self, data):
        self.kept = data
        if data:
            time.sleep(0.05)


def a_terminal_that_is_over():
    """Its reader takes nothing of the next one, which has the same number."""
    for _ in range(5):
        ends = []
        for reader in (SlowReader, Terminal):
            master, slave = open_terminal()
            terminal = reader(master)
            os.write(slave, b"hello")
            wait_until(lambda: terminal.seen == b"hello", 60, "a word")
            ends.append(master)
            for _ in range(10 if reader is Terminal else 0):
                time.sleep(0.01)
                os.write(slave, b".")
                terminal.expect(b".")
            terminal.close()
            os.close(slave)
        equal(ends[0], ends[1], "numbers of the two")


def both_at_terminals():
    bob = start_bob("--once", *N64, "--name", "Robert", tty=True)
    alice = start_alice(bob, *N64, "--name", "Alicia", tty=True)
    for program in (alice, bob):
        program.terminal.expect(b"FINGERPRINT")
        program.terminal.expect(b"unauthenticated")
        program.terminal.expect(b"> ")
    alice.terminal.type(b"hello Bob\r")
    bob.terminal.expect(b"hello Bob")
    bob.terminal.type("grüß dich\r".encode())
    alice.terminal.expect("grüß dich".encode())
    alice.terminal.type(b"mistake\x15" + b"corrected\r")  # ctrl-U
    bob.terminal.expect(b"corrected")
    check(b"mistake" not in bob.terminal.seen, "what was deleted has been sent")
    check("Alicia:".encode() in plain(bob.terminal.seen), "the line does not carry her name")
    alice.terminal.type(b"\x04")
    alice.wait(0)
    bob.wait(0)
    fingerprint = alice.event("confirmed")["fingerprint"].encode()
    check(fingerprint in alice.terminal.seen and fingerprint in bob.terminal.seen, "the fingerprint is not shown")
    too_long = [line for line in plain(alice.terminal.seen).splitlines() if len(line.decode()) > 80]
    equal(too_long, [], "lines longer than 80 columns")


def bob_ends():
    """Ctrl-D at bob's: a side at a terminal answers with its own end, unless bob has said nothing at all."""
    for spoke in (True, False):
        bob = start_bob("--once", *N64, tty=True)
        alice = start_alice(bob, *N64, tty=True)
        bob.terminal.expect(b"> ")
        alice.terminal.expect(b"> ")
        if spoke:
            bob.terminal.type(b"bye\n")
            alice.terminal.expect(b"bye")
        bob.terminal.type(b"\x04")
        if not spoke:
            alice.terminal.expect(b"Ctrl-D ends.")
            alice.terminal.type(b"still here\n")
            bob.terminal.expect(b"still here")
            alice.terminal.type(b"\x04")
        bob.wait(0)
        alice.wait(0)


def the_terminal_is_given_back():
    """Its modes are as before, also after ctrl-C."""
    for last in (b"\x04", b"\x03"):
        bob = start_bob("--once", *N64, stdin="pipe")
        alice = start_alice(bob, *N64, tty=True)
        alice.terminal.expect(b"FINGERPRINT")
        alice.terminal.expect(b"> ")
        time.sleep(0.2)
        alice.terminal.type(last)
        bob.stdin.close()
        alice.wait(None)
        modes = termios.tcgetattr(alice.terminal.master)
        check(modes[3] & termios.ICANON and modes[3] & termios.ECHO, "no echo or no lines after", last)


def a_line_arrives_while_typing():
    """What has been typed so far stays."""
    bob = start_bob("--once", *N64, stdin="pipe")
    alice = start_alice(bob, *N64, tty=True)
    alice.terminal.expect(b"> ")
    alice.terminal.type(b"half a ")
    alice.terminal.expect(b"half a ")
    bob.stdin.write(b"an interruption\n")
    alice.terminal.expect(b"an interruption")
    alice.terminal.expect(b"half a ")
    alice.terminal.type(b"line\r")
    wait_until(lambda: bob.output == b"half a line\n", 30, "the whole line at bob's")
    bob.stdin.close()
    alice.wait(0)
    bob.wait(0)


def typed_before_the_prompt():
    """What is typed while the programs still agree is a line of the chat, and ctrl-D is its end: at every moment."""
    for moment in (None, b"connected", b"B1  ", b"A4  ", b"FINGERPRINT", b"Type a line", b"> "):
        bob = start_bob("--once", *N64, stdin=b"")
        alice = start_alice(bob, *N64, tty=True)
        if moment:
            alice.terminal.expect(moment)
        alice.terminal.type("früh\rand mistak\x7f\x7f\x7f\x7f\x7f\x7fso on\r\x04".encode())
        alice.wait(0, seconds=20)
        bob.wait(0, seconds=20)
        equal(bob.output.decode(), "früh\nand so on\n", "what bob got when it was typed at %s" % moment)


def keys_between_two_lines():
    """The prompt comes again after each line, and the terminal stays as the editor wants it: a key typed at any moment is
    the editor's. The terminal's own line discipline would show ctrl-A as ^A, and swallow ctrl-D."""
    bob = start_bob("--once", *N64, stdin=b"")
    alice = start_alice(bob, *N64, tty=True)
    alice.terminal.expect(b"> ")
    for _ in range(1000):
        for key in (b"x\r", b"\x01", b"\x01", b"\x01"):
            alice.terminal.type(key)
    alice.terminal.type(b"\x04")
    alice.wait(0, seconds=20)
    bob.wait(0, seconds=20)
    equal(bob.output, 1000 * b"x\n", "what bob got")
    equal(alice.terminal.seen.count(b"^A"), 0, "keys that were not the editor's")


def stepping_leaves_the_terminal_blocking():
    """Whoever shares the terminal, the shell or our own output, expects its descriptor to block."""
    master, slave = open_terminal()
    bob = start_bob("--once", "--timeout", "60", *N64, stdin=b"")
    alice = start_alice(bob, "--step", *N64, tty=True, stdin=slave, stdout=slave)
    for step in STEPS[::2]:
        alice.terminal.expect(b"Enter for step " + step.encode())
        equal(fcntl.fcntl(slave, fcntl.F_GETFL) & os.O_NONBLOCK, 0, "non-blocking flag in step " + step)
        os.write(master, b"\r")
    os.write(master, b"\x04")
    alice.wait(0, seconds=20)
    bob.wait(0)
    os.close(master)
    os.close(slave)


def after_a_pause():
    """A shell that stops and continues the program has the terminal's own line discipline on meanwhile."""
    bob = start_bob("--once", *N64, stdin=b"")
    alice = start_alice(bob, *N64, tty=True)
    alice.terminal.expect(b"> ")
    alice.terminal.type(b"before\r")
    wait_until(lambda: bob.output == b"before\n", 30, "the first line at bob's")
    alice.terminal.expect(b"> ")  # between two lines she may be about to change the terminal's modes
    raw = termios.tcgetattr(alice.terminal.master)
    alice.signal(signal.SIGSTOP)
    cooked = list(raw)
    cooked[0], cooked[3] = termios.ICRNL, termios.ICANON | termios.ECHO | termios.ISIG
    termios.tcsetattr(alice.terminal.master, termios.TCSANOW, cooked)
    alice.terminal.type(b"and after\r\x04")
    alice.signal(signal.SIGCONT)
    alice.wait(0, seconds=20)
    bob.wait(0, seconds=20)
    equal(bob.output, b"before\nand after\n", "what bob got")


def only_input_is_a_terminal():
    """`alice > file`: the person's lines go out, bob's bytes into the file."""
    bob = start_bob("--once", *N64, stdin=b"\x1b[2J exactly")
    with open(bob.output_path + ".alice", "wb") as f:
        alice = start_alice(bob, *N64, tty=True, stdout=f)
        alice.event("open")
        alice.wait(0)
    bob.wait(0)
    with open(bob.output_path + ".alice", "rb") as f:
        equal(f.read(), b"\x1b[2J exactly", "what alice wrote")


def only_output_is_a_terminal():
    """`tar c | alice` with a terminal: the input is a pipe and passes exactly."""
    bob = start_bob("--once", *N64, stdin=b"a line for the terminal\n")
    alice = start_alice(bob, *N64, tty=True, stdin=open(__file__, "rb"))
    alice.terminal.expect(b"a line for the terminal")
    alice.wait(0)
    bob.wait(0)
    with open(__file__, "rb") as f:
        equal(bob.output, f.read(), "what bob got")


def the_switchboard():
    """A line goes to all, or with @name to one; each incoming line carries its sender."""
    bob = start_bob(*N64, tty=True)
    ann = start_alice(bob, *N64, "--name", "ann", stdin="pipe")
    ann.event("open")
    bea = start_alice(bob, *N64, "--name", "bea", stdin="pipe")
    bea.event("open")
    for name in ("ann", "bea"):
        bob.terminal.expect(name.encode() + b" has come (")
    ann.stdin.write(b"from ann\n")
    bob.terminal.expect(b"ann:")
    bob.terminal.expect(b"from ann")
    bob.terminal.type(b"to everybody\r")
    wait_until(lambda: ann.output == bea.output == b"to everybody\n", 30, "a line for both")
    bob.terminal.type(b"@bea only for you\r")
    wait_until(lambda: b"\n(to you alone) only for you\n" in bea.output, 30, "a line for bea")
    bob.terminal.expect(b"(to bea alone) only for you")
    bob.terminal.type(b"@nobody hello\r")
    bob.terminal.expect(b"not sent")
    bob.terminal.type(b"\x04")
    time.sleep(0.5)
    check(bob.running() and ann.running() and bea.running(), "the end of bob's input has ended something")
    equal(ann.output, b"to everybody\n", "what ann got")
    for alice in (ann, bea):
        alice.stdin.close()
        alice.wait(0)


def sentences_about_many():
    """A person at bob's terminal is told who comes and goes in sentences; a log has lines of its own."""
    for options, spoken in (((), True), (("--log",), False)):
        bob = start_bob(*N64, *options, tty=True)
        ann = start_alice(bob, *N64, "--name", "ann", stdin="pipe")
        words = ann.event("confirmed")["fingerprint"]
        bob.terminal.expect(b"ann has come (" if spoken else b"fingerprint=")
        wait_until(lambda: words in shown(bob), 30, "the words")
        ann.stdin.write(b"last words\n")
        ann.stdin.close()
        ann.wait(0)
        if spoken:
            bob.terminal.expect(b"last words")
            bob.terminal.expect(b"ann has gone")
        else:
            wait_until(lambda: "last words" in shown(bob) and "closed peer=" in shown(bob), 30, "her words, and her end")
        equal(" peer=" in shown(bob), not spoken, "whether there are log lines with %s" % (options,))
        check(not spoken or "compare: " + words in shown(bob), "nobody is told to compare the words")
        bob.kill()


def without_a_terminal_lines_are_for_a_log():
    bob = start_bob(*N64)
    ann = start_alice(bob, *N64, "--name", "ann", stdin=b"x\n")
    ann.wait(0)
    wait_until(lambda: "closed peer=" in bob.stderr, 30, "a log line")
    check("has come" not in bob.stderr, "sentences in a log")


def nothing_is_torn_at_40_columns():
    """Words stay whole, and the box around the fingerprint keeps its form."""
    for columns in (24, 40, 57, 79, 132):
        bob = start_bob("--once", *N64, tty=True, columns=columns)
        many = start_bob(*N64, tty=True, columns=columns)
        alice = start_alice(bob, *N64, tty=True, columns=columns)
        other = start_alice(many, *N64, "--name", "Alexandrina", stdin=b"x\n")
        other.wait(0)
        many.terminal.expect(b"has gone")
        for program, words in ((alice, None), (bob, None), (many, other.event("confirmed")["fingerprint"])):
            if program is not many:
                program.terminal.expect(b"> ")
                words = alice.event("confirmed")["fingerprint"]
            lines = shown_lines(program)
            if program is not many:
                box = [line for line in lines if re.match(r"^ +[|+]", line)]
                equal(len({len(line) for line in box}), 1, "widths of the box at %d columns" % columns)
                check(len(box[0]) <= columns and len(box) >= 5, "box:", box)
                equal(" ".join(" ".join(line.strip(" |") for line in box[3:-1]).split()), words, "words in the box")
            else:
                check("compare: " + words in shown(many), "the words at %d columns: %s" % (columns, shown(many)))
                come = [line for line in lines if any(word in line.split() for word in words.split())]
                check(come and all(len(line) <= columns for line in come), "lines with words:", come)
        for program in (alice, bob):
            program.terminal.type(b"\x04")
        alice.wait(0)
        bob.wait(0)


def commands_in_a_chat():
    """They stay here; what begins with two slashes goes out with one."""
    bob = start_bob("--once", *N64, "--name", "Robert", stdin=b"")
    alice = start_alice(bob, *N64, tty=True)
    alice.terminal.expect(b"> ")
    alice.terminal.type(b"/help\r")
    alice.terminal.expect(b"/quit ")
    alice.terminal.type(b"/who \r")
    alice.terminal.expect(b"Robert (" + bob.address.encode() + b"), unauthenticated")
    alice.terminal.expect(b"the words: " + alice.event("confirmed")["fingerprint"].encode())
    alice.terminal.type(b"/etc/passwd\r")
    alice.terminal.expect(b"not sent")
    alice.terminal.type(b"//etc /who\ra line\r/quit\rtoo late\r")
    alice.wait(0, seconds=20)
    bob.wait(0, seconds=20)
    equal(bob.output, b"/etc /who\na line\n", "what bob got")


def commands_at_the_switchboard():
    bob = start_bob(*N64, tty=True)
    bob.terminal.expect(b"all> ")
    bob.terminal.type(b"/who\r")
    bob.terminal.expect(b"nobody is here")
    ann = start_alice(bob, *N64, "--name", "ann", stdin="pipe")
    bob.terminal.expect(b"ann has come")
    bob.terminal.type(b"/help\r")
    bob.terminal.expect(b"@NAME")
    bob.terminal.type(b"/who\r")
    bob.terminal.expect(b"ann (")
    bob.terminal.expect(b"unauthenticated")
    bob.terminal.type(b"/nonsense\r")
    bob.terminal.expect(b"not sent")
    bob.terminal.type(b"//slash\r")
    wait_until(lambda: ann.output == b"/slash\n", 30, "a line with a slash")
    bob.terminal.type(b"/quit\rtoo late\r")
    bob.terminal.expect(b"Bob is going")
    ann.stdin.close()
    bob.wait(0, seconds=20)
    ann.wait(0, seconds=20)
    equal(ann.output, b"/slash\n", "what ann got")


def slashes_in_a_pipe():
    """No command there, for either side: bytes are bytes."""
    text = b"/quit\n//x\n/who\n"
    bob = start_bob("--once", *N64, stdin=text)
    alice = start_alice(bob, *N64, stdin=text)
    alice.wait(0)
    bob.wait(0)
    equal((alice.output, bob.output), (text, text), "what came through")
    many = start_bob(*N64, stdin="pipe")
    ann = start_alice(many, *N64, "--name", "ann", stdin="pipe")
    ann.event("open")
    many.event("open")
    many.stdin.write(text + b"@ann exactly\n")
    wait_until(lambda: ann.output == text + b"exactly\n", 30, "lines from a switchboard in a pipe")


def step_by_step():
    """--step waits for Enter in front of each of this side's steps."""
    bob = start_bob("--once", "--timeout", "60", *N64, stdin=b"")
    alice = start_alice(bob, "--step", *N64, tty=True)
    for step in ("A1", "A2", "A3", "A4"):
        alice.terminal.expect(b"Enter for step " + step.encode())
        time.sleep(0.2)
        equal(alice.all("step", step=step), [], "steps %s before Enter" % step)
        alice.terminal.type(b"\r")
        alice.event("step", step=step)
    alice.terminal.expect(b"> ")
    alice.terminal.type(b"done\r\x04")
    alice.wait(0)
    bob.wait(0)
    equal(bob.output, b"done\n", "what bob got")


def step_by_step_at_bobs():
    """Not in front of B4, which is one with the check of A4."""
    bob = start_bob("--once", "--step", *N64, tty=True)
    alice = start_alice(bob, "--timeout", "60", *N64, stdin=b"hello\n")
    for step in ("B1", "B2", "B3"):
        bob.terminal.expect(b"Enter for step " + step.encode())
        time.sleep(0.2)
        equal(bob.all("step", step=step), [], "steps %s before Enter" % step)
        bob.terminal.type(b"\r")
    bob.terminal.expect(b"hello")
    alice.wait(0)
    bob.wait(0)
    check(b"Enter for step B4" not in bob.terminal.seen, "bob held B4")


def step_with_an_impatient_peer():
    """Both sides say what to do: the one that steps at once, the other when its time is over; and nobody agrees early."""
    bob = start_bob("--once", "--timeout", "2", *N64, stdin=b"")
    alice = start_alice(bob, "--step", *N64, tty=True)
    alice.terminal.expect(b"--timeout 600")
    alice.terminal.expect(b"Enter for step A1")
    alice.terminal.type(b"\r")
    bob.wait(74)
    check("bob --timeout 600" in bob.one_error("in time"), "bob has no hint")
    alice.wait(74)
    alice.terminal.expect(b"Hint")
    alice.terminal.expect(b"bob --timeout 600")


def a_set_that_is_not_offered():
    bob = start_bob(*N64)
    alice = start_alice(bob, "--params", "n128", stdin=b"")
    alice.wait(69)
    check("Bob agrees" not in alice.stderr, "Bob is said to agree before he refuses")


def step_without_a_terminal():
    """There is nobody to press Enter: said at once, instead of waiting for ever."""
    bob = start_bob(*N64)
    alice = start_alice(bob, "--step", *N64, stdin=b"x")
    alice.wait(64, seconds=20)
    alice.one_error("--step")


def colours():
    """At a terminal only, and not with NO_COLOR."""
    for environment, expected in (({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)):
        bob = start_bob("--once", "--agree-only", *N64)
        alice = start_alice(bob, "--agree-only", *N64, tty=True, environment=environment)
        alice.wait(0)
        bob.wait(0)
        equal(b"\x1b[1" in alice.terminal.seen, expected, "colours with %s" % environment)
        check("\x1b" not in bob.stderr and "\r" not in bob.stderr, "control sequences in a stderr that is no terminal")


def quiet():
    bob = start_bob("--once", "-q", *N64, stdin=b"")
    alice = start_alice(bob, "-q", *N64, stdin=b"x")
    alice.wait(0)
    bob.wait(0)
    equal((alice.stderr, bob.stderr), ("", ""), "stderr with -q")


run(a_terminal_that_is_over, both_at_terminals, bob_ends, the_terminal_is_given_back, a_line_arrives_while_typing,
    typed_before_the_prompt, keys_between_two_lines, after_a_pause, stepping_leaves_the_terminal_blocking,
    only_input_is_a_terminal, only_output_is_a_terminal, the_switchboard,
    sentences_about_many, without_a_terminal_lines_are_for_a_log, nothing_is_torn_at_40_columns, commands_in_a_chat,
    commands_at_the_switchboard, slashes_in_a_pipe, step_by_step, step_by_step_at_bobs,
    step_with_an_impatient_peer, a_set_that_is_not_offered, step_without_a_terminal, colours, quiet)
