"""The page on another host: eve serve in one network namespace, the browser in another, a cable between them."""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "..", folder) for folder in ("lib", "proof/fuzz")]

import page  # noqa: E402
import parley  # noqa: E402
import pcap  # noqa: E402
import seeds  # noqa: E402
from namespaces import two_hosts  # noqa: E402
from parley import check, later, path, patience, read, run, wait_until, write  # noqa: E402


def serve(where, *options):
    """The addresses that eve serve prints."""
    eve = os.path.join(os.path.dirname(os.path.dirname(parley.ALICE)), "eve", "eve")
    capture = write("session.pcap", pcap.write(seeds.conversation(seeds.golden())))
    with open(path("addresses"), "wb") as out:
        server = subprocess.Popen([*where, eve, "serve", *options, capture], stdout=out, stderr=subprocess.PIPE, text=True,
                                  env=dict(os.environ, TMPDIR=parley.FOLDER))

    def stop():
        server.terminate()
        server.wait(patience(60))
        server.stderr.close()
    later(stop)
    line = server.stderr.readline()  # behind the addresses
    if "without libmicrohttpd" in line:
        raise parley.Skip("this eve was built without libmicrohttpd")
    check("nobody may change anything" in line, line)
    return read("addresses").decode().split()


def look(where, address):
    build = os.path.dirname(os.path.dirname(parley.ALICE))
    environment = dict(page.prepare(build), ADDRESS=address, TMPDIR=parley.FOLDER)
    node = [*where, shutil.which("node"), os.path.join(build, "tests", "system", "page", "page.mjs"), "from_another_host"]
    done = subprocess.run(node, env=environment, capture_output=True, text=True, timeout=patience(180), check=False)
    check(done.returncode == 0 and "ok " in done.stdout, done.stdout, done.stderr)


def from_another_host():
    """Styles, steps, and nothing to press that changes anything."""
    a, b = two_hosts()
    addresses = serve(b, "--listen", "10.99.0.2:0")
    check(len(addresses) == 1 and addresses[0].startswith("http://10.99.0.2:"), addresses)
    look(a, addresses[0])


def everywhere():
    """Who listens at all addresses is told which these are, and each of them leads to the page."""
    a, b = two_hosts()
    wait_until(lambda: "LOWER_UP" in subprocess.run([*b, "ip", "link", "show", "eth0"], capture_output=True, text=True,
                                                    check=False).stdout, 60, "the cable")
    addresses = serve(b, "--listen", "[::]:0" if parley.has_ipv6() else "0.0.0.0:0")
    hosts = [address[len("http://"):].rsplit(":", 1)[0] for address in addresses]
    check(sorted(hosts) == ["10.99.0.2"] + (["[fd99::2]"] if parley.has_ipv6() else []), addresses)
    look(a, addresses[-1])


run(from_another_host, everywhere)
