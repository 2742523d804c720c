"""IPv4, IPv6 and host names."""

import socket

from parley import N64, Program, Skip, equal, check, has_ipv6, later, run, split_address, start_alice, start_bob


def session(listen, connect):
    """connect: a host; the port is bob's."""
    bob = start_bob("--once", *N64, listen=listen)
    alice = start_alice("%s:%d" % (connect, split_address(bob.address)[1]), *N64, stdin=b"hello\n")
    alice.wait(0)
    bob.wait(0)
    equal(bob.output, b"hello\n", "what bob got")
    return bob, alice


def ipv4():
    bob, alice = session("127.0.0.1:0", "127.0.0.1")
    check(bob.event("connected")["peer"].startswith("127.0.0.1:"), "bob calls her", bob.event("connected")["peer"])


def any_ipv4():
    session("0.0.0.0:0", "127.0.0.1")


def host_name():
    session("localhost:0", "localhost")


def ipv6():
    if not has_ipv6():
        raise Skip("there is no IPv6 here")
    bob, alice = session("[::1]:0", "[::1]")
    check(alice.event("connected")["peer"].startswith("[::1]:"), "alice calls him", alice.event("connected")["peer"])


def one_socket_for_both():
    """[::], the default: IPv4 gets in, too, and is shown as IPv4."""
    if not has_ipv6():
        raise Skip("there is no IPv6 here")
    session("[::]:0", "[::1]")
    session("[::]:0", "localhost")
    bob, _ = session("[::]:0", "127.0.0.1")
    check(bob.event("connected")["peer"].startswith("127.0.0.1:"), "bob calls her", bob.event("connected")["peer"])


def closed_port(*hosts):
    """A port at which nobody listens, kept by sockets that do not."""
    for _ in range(20):
        sockets = []
        try:
            port = 0
            for host in hosts:
                sockets.append(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET))
                sockets[-1].bind((host, port))
                port = sockets[-1].getsockname()[1]
        except OSError:
            for s in sockets:
                s.close()
            continue
        for s in sockets:
            later(s.close)
        return port
    raise Skip("no port is free in both families")


def no_host():
    """A bob of this machine is found at either loopback address, and if there is none, both are named."""
    bob = start_bob("--once", *N64, listen="127.0.0.1:0")
    alice = Program("alice", ["--connect", ":%d" % split_address(bob.address)[1], *N64], stdin=b"hello\n")
    alice.wait(0)
    bob.wait(0)
    equal(bob.output, b"hello\n", "what bob got")
    check(not has_ipv6() or "no IPv6" not in alice.stderr, "alice says that there is no IPv6")
    port = closed_port("127.0.0.1", *(["::1"] if has_ipv6() else []))
    alice = Program("alice", ["--connect", ":%d" % port, *N64])
    alice.wait(69)
    line = alice.one_error("nobody listens at", "127.0.0.1:%d" % port)
    check(not has_ipv6() or "[::1]:%d or 127.0.0.1:%d" % (port, port) in line, "not both addresses in", line)
    alice = Program("alice", ["--connect", "127.0.0.1:%d" % port, *N64])
    alice.wait(69)
    check("::1" not in alice.one_error("nobody listens at 127.0.0.1:%d " % port), "alice has tried IPv6")


def host_without_connect():
    """alice HOST:PORT, wherever it stands among the options."""
    for before, after in (([], N64), (N64, [])):
        bob = start_bob("--once", *N64, listen="127.0.0.1:0")
        alice = Program("alice", [*before, "127.0.0.1:%d" % split_address(bob.address)[1], *after], stdin=b"hello\n")
        alice.wait(0)
        bob.wait(0)
        equal(bob.output, b"hello\n", "what bob got")


run(ipv4, any_ipv4, host_name, ipv6, one_socket_for_both, no_host, host_without_connect)
