"""Two hosts on one machine: two network namespaces with a cable between them. Needs root."""

import os
import shutil
import subprocess

import parley
from parley import Skip, check, later

HERE = "parley-%d" % os.getpid()


def ip(*arguments):
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, timeout=60)


def must(*arguments):
    result = ip(*arguments)
    check(result.returncode == 0, "ip %s: %s" % (" ".join(arguments), result.stderr))


def is_mounted(folder):
    with open("/proc/self/mountinfo", encoding="utf-8") as f:
        return any(line.split()[4] == folder for line in f)


def leave_no_mount():
    """The first `ip netns add` of a system mounts a folder over itself, even where it then fails."""
    folder = os.path.realpath("/var/run/netns")
    if not is_mounted(folder):
        later(lambda: is_mounted(folder) and not os.listdir(folder) and
              subprocess.run(["umount", folder], stderr=subprocess.DEVNULL))


def two_hosts():
    """The two prefixes that run a program on one or the other host."""
    if os.getuid() != 0:
        raise Skip("network namespaces need root")
    if not shutil.which("ip"):
        raise Skip("there is no ip program (iproute2)")
    names = [HERE + "-a", HERE + "-b"]
    for name in names:
        later(lambda name=name: ip("netns", "del", name))
    leave_no_mount()
    for name in names:
        result = ip("netns", "add", name)
        if result.returncode == 0:
            result = ip("-n", name, "link", "set", "lo", "up")
        if result.returncode:
            raise Skip("network namespaces are not allowed here: " + result.stderr.strip())
    result = ip("link", "add", "eth0", "netns", names[0], "type", "veth", "peer", "name", "eth0", "netns", names[1])
    if result.returncode:
        raise Skip("no virtual cable between namespaces here: " + result.stderr.strip())
    for i, name in enumerate(names):
        must("-n", name, "address", "add", "10.99.0.%d/24" % (i + 1), "dev", "eth0")
        if parley.has_ipv6():
            must("-n", name, "address", "add", "fd99::%d/64" % (i + 1), "dev", "eth0", "nodad")
        must("-n", name, "link", "set", "eth0", "up")
    return [("ip", "netns", "exec", name) for name in names]
