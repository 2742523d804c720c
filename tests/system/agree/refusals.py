"""What cannot be is refused with one clear line, the right status and a hint; the others are served on."""

import socket
import threading

import parley
from parley import (N64, PREFACE, abort_reason, agree, check, connect, equal, frame, hello, listen,
                    nobody_there, receive_all, run, start_alice, start_bob, wait_until)


def port_in_use():
    first = start_bob(*N64)
    second = start_bob(*N64, listen=first.address, wait=False)
    second.wait(69)
    second.one_error("in use", "--listen")
    equal(second.output, b"", "standard output")
    agree(first)


def nobody_listens():
    address = nobody_there()
    alice = start_alice(address, *N64)
    alice.wait(69)
    alice.one_error(address, "bob --listen")


def no_such_host():
    alice = start_alice("no-such-host.invalid:24022", *N64)
    alice.wait(69)
    alice.one_error("no-such-host.invalid")


def set_not_offered():
    bob = start_bob("--params", "n64,n256")
    alice = start_alice(bob, "--params", "n128", stdin=b"x")
    alice.wait(69)
    alice.one_error("--params n128")
    default = start_bob()
    alice = start_alice(default, *N64, stdin=b"x")
    alice.wait(69)
    alice.one_error("--params n64")
    agree(bob)
    start_alice(bob, "--params", "n256", stdin=b"x").wait(0)


def once_counts_a_refused_set():
    """It was a connection with a valid Hello: bob's status is that session's."""
    bob = start_bob("--once", "--params", "n256")
    start_alice(bob, *N64, stdin=b"x").wait(69)
    bob.wait(69)
    bob.one_error()


def once_does_not_count_noise():
    """A port scanner does not use up the one session."""
    bob = start_bob("--once", *N64)
    for noise in (b"", b"GET / HTTP/1.0\r\n\r\n", PREFACE, PREFACE + b"\0\0\0\0"):
        s = connect(bob.address)
        s.sendall(noise)
        s.shutdown(socket.SHUT_WR)
        receive_all(s)
    check(bob.running(), "bob has gone")
    agree(bob)
    bob.wait(0)


def another_version_at_bob():
    """Bob answers with his own preface, so that the other can name both versions; he names both as well."""
    bob = start_bob(*N64)
    s = connect(bob.address)
    s.sendall(b"PARLEY\0\1" + hello(b"n64"))
    equal(receive_all(s), PREFACE, "what bob sent")
    bob.event("closed", status=76)
    bob.one_error("version 2", "version 1")
    agree(bob)


def another_version_at_alice():
    server, address = listen()
    alice = start_alice(address, *N64, stdin=b"x")
    s, _ = server.accept()
    s.sendall(b"PARLEY\0\1")
    alice.wait(76)
    alice.one_error("version 2", "version 1")
    s.close()


def not_parley_at_all():
    """Garbage and a web browser: bob closes, says so in one line each, and serves on."""
    bob = start_bob(*N64)
    for i, noise in enumerate((b"GET / HTTP/1.1\r\nHost: bob\r\n\r\n", bytes(5000), b"PARLEZ\0\2", b"\x16\x03\x01\x02\0\1")):
        s = connect(bob.address)
        s.sendall(noise)
        check(PREFACE[:7] not in receive_all(s)[8:], "bob went on")
        bob.event("closed", count=i + 1, status=76)
        wait_until(lambda: len(bob.errors) > i, 30, "the error line of client %d" % i)
        equal(len(bob.errors), i + 1, "error lines")
    agree(bob)


def a_web_server_at_alice():
    server, address = listen()
    alice = start_alice(address, *N64, stdin=b"x")
    s, _ = server.accept()
    s.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
    alice.wait(76)
    alice.one_error("Parley")
    s.close()


def malformed_frames():
    """Each ends its session as a violation, answered by an Abort, and no other session."""
    bob = start_bob(*N64)
    bystander = start_alice(bob, *N64, stdin="pipe")
    bystander.event("open")
    good = hello(b"n64")
    cases = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\x20\0\0", b"\0\0\0\2\x0a\x05", frame(2, b""), frame(9, b"\x12\1x"),
             frame(15, b""), good + good, hello(b"n6 4"), good[:4] + b"\xff" * (len(good) - 4)]
    for i, case in enumerate(cases):
        s = connect(bob.address)
        s.sendall(PREFACE + case)
        equal(abort_reason(receive_all(s)), "protocol", "answer to case %d" % i)
        bob.event("closed", count=i + 1, status=76)
    wait_until(lambda: len(bob.errors) >= len(cases), 30, "bob's error lines")
    equal(len(bob.errors), len(cases), "error lines of bob")
    for line in bob.errors:
        check("step=A1" in line or "step=A2" in line, "no step in: " + line)
    bystander.stdin.write(b"still here\n")
    bystander.stdin.close()
    bystander.wait(0)


def the_peer_goes_away_at_once():
    """At every point of the first bytes."""
    bob = start_bob(*N64)
    opening = PREFACE + hello(b"n64")
    for n in range(0, len(opening) + 1, 5 if parley.SANITIZED else 1):
        connect_and_leave(bob, opening[:n])
    agree(bob)
    check(bob.running(), "bob has gone")


def connect_and_leave(bob, data):
    s = connect(bob.address)
    s.sendall(data)
    s.close()


def resets_in_a_burst():
    """Connections that are reset while they are being accepted."""
    bob = start_bob(*N64)

    def burst():
        for _ in range(20):
            s = socket.create_connection(parley.split_address(bob.address))
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            s.close()

    threads = [threading.Thread(target=burst) for _ in range(5)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    agree(bob)


run(port_in_use, nobody_listens, no_such_host, set_not_offered, once_counts_a_refused_set, once_does_not_count_noise,
    another_version_at_bob, another_version_at_alice, not_parley_at_all, a_web_server_at_alice, malformed_frames,
    the_peer_goes_away_at_once, resets_in_a_burst)
