"""A person at a terminal: the chat, its end, the switchboard, --step, colours."""

import fcntl
import os
import pty
import re
import signal
import termios
import time

from parley import N64, STEPS, check, equal, run, start_alice, start_bob, wait_until


def plain(data):
    """What is left of terminal output without its control sequences."""
    return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]|\r", b"", data)


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
    master, slave = pty.openpty()
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
    for _ in range(2):
        bob.terminal.expect(b"fingerprint=")
    ann.stdin.write(b"from ann\n")
    bob.terminal.expect(b"ann:")
    bob.terminal.expect(b"from ann")
    bob.terminal.type(b"to everybody\r")
    wait_until(lambda: ann.output == bea.output == b"to everybody\n", 30, "a line for both")
    bob.terminal.type(b"@bea only for you\r")
    wait_until(lambda: b"only for you\n" in bea.output, 30, "a line for bea")
    bob.terminal.type(b"@nobody hello\r")
    bob.terminal.expect(b"not sent")
    bob.terminal.type(b"\x04")
    time.sleep(0.5)
    check(bob.running() and ann.running() and bea.running(), "the end of bob's input has ended something")
    equal(ann.output, b"to everybody\n", "what ann got")
    for alice in (ann, bea):
        alice.stdin.close()
        alice.wait(0)


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
    bob = start_bob("--once", "--step", *N64, tty=True)
    alice = start_alice(bob, "--timeout", "60", *N64, stdin=b"hello\n")
    for step in ("B1", "B2", "B3", "B4"):
        bob.terminal.expect(b"Enter for step " + step.encode())
        time.sleep(0.2)
        equal(bob.all("step", step=step), [], "steps %s before Enter" % step)
        bob.terminal.type(b"\r")
    bob.terminal.expect(b"hello")
    alice.wait(0)
    bob.wait(0)


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


run(both_at_terminals, bob_ends, the_terminal_is_given_back, a_line_arrives_while_typing,
    typed_before_the_prompt, keys_between_two_lines, after_a_pause, stepping_leaves_the_terminal_blocking,
    only_input_is_a_terminal, only_output_is_a_terminal, the_switchboard, step_by_step, step_by_step_at_bobs,
    step_without_a_terminal, colours, quiet)
