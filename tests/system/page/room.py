"""A class with phones that are no browsers: real alices through WebSockets that eve serve passes on to a real bob."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib"))

from eve import eve  # noqa: E402
from parley import check, equal, path, run, start_alice, start_bob, wait_until  # noqa: E402
from phone import Room, Tunnel  # noqa: E402

SETS = "n64,n256,r509,n1024"


def one_alice():
    """Bytes pass unchanged, the capture is one as of eve tap, and Eve learns from it."""
    bob = start_bob("--params", SETS, stdin=b"hello Alice\n")
    room = Room(bob.address, "--write", path("room.pcap"))
    alice = start_alice(Tunnel(room, "Ada", "n64").address, "--params", "n64", stdin=b"hello Bob\n")
    alice.wait(0)
    words = alice.event("confirmed")["fingerprint"]
    equal(bob.event("confirmed")["fingerprint"], words, "words of both")
    tile = room.until("Ada", "the end", lambda p: p["state"] == "ended")
    equal([tile["words"], tile["set"], tile["steps"], tile["step"]], [words, "n64", 8, "B4"], "the tile")
    room.post({"attack": 60})
    tile = room.until("Ada", "her key", lambda p: p["eve"] == "key" and p["chat"])
    room.stop()
    learned = json.loads(eve("learn", path("room.pcap"), "--json", "--key-out", path("key")))["sessions"]
    equal([[s["session"], s["key"]] for s in learned], [[tile["session"], tile["key"]]], "eve learn and the wall")
    read = eve("read", path("room.pcap"), "--key", path("key"))
    check("hello Bob" in read, read)
    check("hello Bob" in [line["text"] for line in tile["chat"]], tile)


run(one_alice)
