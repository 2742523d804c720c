"""IPv4, IPv6 and host names."""

from parley import N64, Skip, equal, check, has_ipv6, run, split_address, start_alice, start_bob


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


run(ipv4, any_ipv4, host_name, ipv6, one_socket_for_both)
