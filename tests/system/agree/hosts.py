"""Two hosts: bob in one network namespace, alice in another, a cable between them."""

import os
import subprocess
import time

import parley
from namespaces import HERE, must, two_hosts
from parley import N64, Skip, check, equal, key_of, path, run, start_alice, start_bob


def talk(set_name, listen, connect):
    a, b = two_hosts()
    bob = start_bob("--params", set_name, "--once", "--key-out", path("bob"), listen=listen, prefix=b, stdin=b"from bob\n")
    alice = start_alice(connect, "--params", set_name, "--key-out", path("alice"), prefix=a, stdin=b"from alice\n")
    alice.wait(0)
    bob.wait(0)
    equal((alice.output, bob.output), (b"from bob\n", b"from alice\n"), "the conversation")
    equal(key_of("alice"), key_of("bob"), "alice's key")
    equal(alice.event("confirmed")["fingerprint"], bob.event("confirmed")["fingerprint"], "alice's fingerprint")


def over_ipv4():
    """With the default address of bob and the default set."""
    talk("n64" if parley.SANITIZED else "n2048", "[::]:24022" if parley.has_ipv6() else "0.0.0.0:24022", "10.99.0.2:24022")


def over_ipv6():
    if not parley.has_ipv6():
        raise Skip("there is no IPv6 here")
    talk("n64", "[::]:24022", "[fd99::2]:24022")


def the_cable_is_cut():
    """Before the key, silence ends both sides by deadline."""
    a, b = two_hosts()
    bob = start_bob("--params", "n64", "--timeout", "1", listen="10.99.0.2:24022", prefix=b)
    alice = start_alice("10.99.0.2:24022", *N64, "--step", prefix=a, tty=True)
    bob.event("connected")
    alice.terminal.expect(b"Enter for step A1")
    must("-n", HERE + "-b", "link", "set", "eth0", "down")
    bob.event("closed", status=74, seconds=20)
    check(bob.running(), "bob has gone")


def a_host_without_ipv6():
    """Both programs with their default addresses: they fall back to IPv4, and alice says so."""
    a, _ = two_hosts()
    off = subprocess.run([*a, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"], capture_output=True)
    if off.returncode and os.path.exists("/proc/sys/net/ipv6"):
        raise Skip("IPv6 cannot be switched off in a namespace here")
    bob = parley.Program("bob", ["--once", *N64], prefix=a, stdin=b"")
    bob.event("listening")
    alice = parley.Program("alice", N64, prefix=a, stdin=b"hello\n")
    alice.wait(0)
    bob.wait(0)
    equal(bob.output, b"hello\n", "what bob got")
    check("no IPv6" in alice.stderr, "alice does not say that she falls back")


def nobody_there():
    """A host that does not answer at all: the deadline of --timeout, and a hint about the firewall."""
    a, _ = two_hosts()
    began = time.monotonic()
    alice = start_alice("10.99.0.77:24022", *N64, "--timeout", "2", prefix=a)
    alice.wait(69, seconds=30)
    check(time.monotonic() - began < parley.patience(60), "it took too long")
    alice.one_error("10.99.0.77")


run(over_ipv4, over_ipv6, the_cable_is_cut, a_host_without_ipv6, nobody_there)
