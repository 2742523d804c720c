#!/usr/bin/env python3
"""Writes the seeds of the corpus, from the transcripts n64, r509 and l32 of tests/proof/golden: seeds.py FOLDER.

Inputs that a fuzzer found have other names (found-*) and are left alone."""

import base64
import json
import os
import random
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "lib"))

import pcap  # noqa: E402

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
PREFACE = b"PARLEY\0\2"


def golden(name="n64"):
    """[(0 for Alice or 1 for Bob, bytes)], preface and frames."""
    frames = []
    with open(os.path.join(HERE, "..", "golden", name + ".txt"), encoding="utf-8") as f:
        for line in f:
            if line.startswith("    "):
                frames[-1][1].append(line.strip())
            elif line.startswith(("alice ", "bob ")):
                frames.append((line.startswith("bob "), []))
    return [(int(bob), bytes.fromhex("".join(text))) for bob, text in frames if text]


# ---- packets

def ip(d, seq, ack, flags, payload=b"", v6=False, options=b"", port=40000):
    ports = (24022, port) if d else (port, 24022)
    tcp = struct.pack(">HHIIBBHHH", *ports, seq & 0xffffffff, ack & 0xffffffff, (20 + len(options)) // 4 << 4, flags, 8192, 0,
                      0) + options + payload
    if v6:
        ends = [b"\x20\1\x0d\xb8" + bytes(11) + b"\1", b"\x20\1\x0d\xb8" + bytes(11) + b"\2"]
        return struct.pack(">IHBB", 6 << 28, len(tcp), 6, 64) + ends[d] + ends[1 - d] + tcp
    ends = [b"\xc0\0\2\1", b"\xc0\0\2\2"]
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + ends[d] + ends[1 - d] + tcp


def conversation(frames, v6=False, port=40000, close=True, mss=1400):
    """The packets of the session: (ns, bytes)."""
    seq, out = [1000, 0xfffffff0], []

    def add(d, flags, payload=b""):
        out.append((10**18 + len(out) * 1000, ip(d, seq[d], seq[1 - d], flags, payload, v6, port=port)))
        seq[d] += len(payload) + bool(flags & (SYN | FIN))
    add(0, SYN)
    add(1, SYN | ACK)
    for d, data in frames:
        for at in range(0, len(data), mss):
            add(d, ACK | PSH, data[at:at + mss])
    if close:
        add(0, FIN | ACK)
        add(1, FIN | ACK)
    return out


def packets():
    v4, v6 = ip(0, 1, 2, ACK, b"PARLEY\0\2"), ip(1, 1, 2, ACK, b"PARLEY\0\2", True)
    links = {pcap.ETHERNET: 0, pcap.COOKED: 1, pcap.COOKED2: 2, pcap.NULL: 3, pcap.RAW: 5}

    def wrapped(link, packet, vlan=False):
        return bytes([links[link]]) + pcap.wrapped([(0, packet)], link, vlan)[0][1]
    seeds = {"empty": b""}
    for link, name in ((0, "null"), (1, "ethernet"), (113, "cooked"), (276, "cooked2"), (101, "raw")):
        seeds["v4-" + name] = wrapped(link, v4)
        seeds["v6-" + name] = wrapped(link, v6)
    seeds["vlan"] = wrapped(pcap.ETHERNET, v4, True)
    tag = b"\x88\xa8\0\1" + b"\x81\0\0\2" * 3
    seeds["vlan-four"] = b"\0" + bytes(12) + tag + b"\x08\0" + v4
    seeds["vlan-five"] = b"\0" + bytes(12) + tag + b"\x91\0\0\3\x08\0" + v4
    seeds["vlan-cut"] = b"\0" + bytes(12) + b"\x81\0\0"
    seeds["length-0-offloaded"] = b"\5" + v4[:2] + b"\0\0" + v4[4:]
    seeds["length-beyond"] = b"\5" + v4[:2] + b"\xff\xff" + v4[4:]
    seeds["length-below-header"] = b"\5" + v4[:2] + b"\0\x13" + v4[4:]
    seeds["length-below-tcp"] = b"\5" + v4[:2] + b"\0\x1f" + v4[4:]
    seeds["header-60"] = b"\5\x4f" + v4[1:]
    seeds["header-0"] = b"\5\x40" + v4[1:]
    seeds["fragment-first"] = b"\5" + v4[:6] + b"\x20\0" + v4[8:]
    seeds["fragment-later"] = b"\5" + v4[:6] + b"\0\2" + v4[8:]
    seeds["tcp-header-60"] = b"\5" + v4[:32] + b"\xf0" + v4[33:]
    seeds["tcp-header-16"] = b"\5" + v4[:32] + b"\x40" + v4[33:]
    seeds["tcp-options"] = b"\5" + ip(0, 1, 2, SYN, b"", options=b"\2\4\5\xb4" + b"\1" * 36)
    seeds["options-cut-off"] = seeds["tcp-options"][:-12]
    seeds["snapped"] = b"\5" + v4[:43]
    seeds["cut-in-tcp"] = b"\5" + v4[:37]
    seeds["udp"] = b"\5" + v4[:9] + b"\x11" + v4[10:]
    seeds["padded"] = b"\5" + v4 + bytes(9)
    seeds["link-unknown"] = b"\x08" + v4
    six, tcp = v6[:40], v6[40:]

    def extended(first, chain):
        return b"\7" + six[:4] + struct.pack(">H", len(chain + tcp)) + bytes([first]) + six[7:] + chain + tcp
    seeds["v6-hop-routing"] = extended(0, b"\x2b\0" + bytes(6) + b"\6\1" + bytes(14))
    seeds["v6-authentication"] = extended(51, b"\6\1" + bytes(10))
    seeds["v6-atomic-fragment"] = extended(44, b"\6\0\0\0\0\0\0\1")
    seeds["v6-fragment"] = extended(44, b"\6\0\0\1\0\0\0\1")
    seeds["v6-chain-too-long"] = extended(60, (b"\x3c\0" + bytes(6)) * 17)
    seeds["v6-extension-lies"] = extended(0, b"\6\xff" + bytes(6))
    seeds["v6-jumbo"] = b"\7" + six[:4] + b"\0\0" + six[6:] + tcp
    seeds["v6-no-next"] = extended(59, b"")
    seeds["v6-cut"] = b"\7" + v6[:39]
    return seeds


# ---- segments

def record(d, flags, place, payload=b"", port=0, fill=None, run=False):
    """As take_record in fuzz_streams.c takes it apart. fill: so many bytes of the text instead of a payload."""
    n = len(payload) if fill is None else fill
    wide, far = n > 255, place > 0xffff
    control = d | port << 1 | 16 * wide | 32 * far | 64 * (fill is not None) | 128 * run
    return (bytes([control, flags]) + struct.pack(">I" if far else ">H", place) + struct.pack(">H" if wide else ">B", n) + payload)


def streams():
    free, faithful, flood = b"\0", b"\1", b"\xf1"
    syn = record(0, SYN, 0) + record(1, SYN | ACK, 0)
    pre = record(0, ACK, 0, PREFACE) + record(1, ACK, 0, PREFACE)
    close = record(0, FIN | ACK, 8) + record(1, FIN | ACK, 8)
    r = random.Random(1)
    seeds = {"empty": b"", "plain": free + syn + pre + close, "no-syn": free + pre + close,
             "half-open": free + record(1, SYN | ACK, 0) + pre}
    floods = {}
    seeds["reset"] = free + syn + pre + record(1, RST | ACK, 8)
    seeds["reset-before-preface"] = free + syn + record(0, ACK, 0, b"PAR") + record(1, RST, 0)
    seeds["not-parley"] = free + syn + record(0, ACK, 0, b"GET / HTTP/1.1\r\n") + pre
    seeds["almost-parley"] = free + syn + record(0, ACK, 0, b"PARLE") + record(0, ACK, 5, b"!")
    seeds["byte-by-byte"] = free + syn + b"".join(record(0, ACK, i, PREFACE[i:i + 1]) for i in range(8))
    seeds["backwards"] = free + syn + b"".join(record(0, ACK, i, PREFACE[i:i + 1]) for i in reversed(range(8))) + close
    seeds["overlaps"] = free + syn + pre + b"".join(record(0, ACK, at, b"x" * n) for at, n in (
        (20, 5), (10, 30), (12, 3), (24, 2), (9, 60), (8, 1), (8, 200)))
    seeds["gap-at-end"] = free + syn + pre + record(0, ACK, 30, b"late") + record(1, FIN | ACK, 500)
    seeds["end-before-preface"] = free + syn + record(1, FIN | ACK, 0) + record(0, ACK, 0, PREFACE)
    seeds["fin-twice"] = free + syn + pre + record(0, FIN | ACK, 100) + record(0, FIN | ACK, 8) + record(0, ACK, 90, b"a" * 40)
    seeds["reopened"] = free + syn + pre + close + record(0, SYN, 5000) + record(0, ACK, 5000, PREFACE) + pre
    seeds["reopened-unfinished"] = free + syn + pre + record(0, SYN, 0x40000000) + record(0, ACK, 0x40000000, PREFACE)
    seeds["far-away"] = free + syn + pre + record(0, ACK, 0x3fffffff, b"x") + record(0, ACK, 0x40000008, b"y") + record(
        0, ACK, 0x80000000, b"z") + record(1, ACK, 0xffffff00, b"w" * 255)
    seeds["wraps"] = free + syn + pre + record(0, ACK, 0x3ffffff0, b"x") + record(0, FIN | ACK, 0x50000000) + record(
        0, ACK, 0x7ffffff0, b"x" * 40)
    seeds["keep-alive"] = free + syn + pre + record(0, ACK, 7, b"\0") * 3
    seeds["cut-by-snaplen"] = free + syn + record(0, ACK, 0, PREFACE) + record(0, ACK | 32, 8, b"abc") + record(0, ACK, 14, b"d")
    seeds["many-ports"] = free + b"".join(record(0, SYN, 0, port=p) + record(0, ACK, 0, PREFACE, port=p) for p in range(8))
    floods["half-full"] = flood + syn + pre + record(0, ACK, 100, fill=65000, run=True)
    floods["segments-full"] = flood + syn + pre + b"".join(record(0, ACK, 100 + 400 * i, fill=1, run=True) for i in range(22))
    floods["all-full"] = flood + b"".join(
        record(d, ACK, 0, PREFACE, port=p) + record(d, ACK, 100, fill=41500, run=True, port=p)
        for p in range(8) for d in range(2))
    floods["drained"] = flood + b"".join(
        record(0, ACK, 0, PREFACE, port=p) + b"".join(record(0, ACK, 100 + 400 * i, fill=1, run=True, port=p) for i in range(20)) +
        record(0, ACK, 8, fill=9000, port=p) for p in range(8))
    floods["pending-full"] = flood + b"".join(record(0, SYN, 0, port=p) + record(0, ACK, 1, fill=65000, run=True, port=p)
                                            for p in range(8))
    pieces = [(at, r.randrange(1, 300)) for at in range(0, 6000, 150)]
    for name, order in (("in-order", pieces), ("shuffled", r.sample(pieces, len(pieces))), ("reversed", pieces[::-1]),
                        ("half-missing", r.sample(pieces, len(pieces) // 2))):
        seeds["faithful-" + name] = faithful + syn + b"".join(record(r.randrange(2), ACK, at, fill=n) for at, n in order)
    return seeds, floods


# ---- what the observer hears

def heard(d, data):
    return b"".join(bytes([d]) + struct.pack(">H", len(data[at:at + 65535])) + data[at:at + 65535]
                    for at in range(0, len(data), 65535))


def gap(d, n):
    return bytes([d | 4]) + struct.pack(">H", n - 1)


def ended(d, how):
    return bytes([d | 6]) + struct.pack(">H", how)


def frame(body):
    return struct.pack(">I", len(body)) + body


def hello(params):
    return frame(b"\x0a" + bytes([2 + len(params) + 34 + 6 + 34]) + b"\x0a" + bytes([len(params)]) + params + b"\x12\x20" +
                 bytes(32) + b"\x1a\4none\x22\x20" + bytes(32))


def observe(frames):
    closed = ended(0, 1) + ended(1, 1)
    keep, known = b"\5\7", b"\5"

    def all_of(some):
        return b"".join(heard(d, data) for d, data in some)
    order = sorted(frames, key=lambda f: f[0])
    small = [f for f in frames if len(f[1]) < 2000]
    seeds = {"empty": b"", "session": keep + all_of(frames) + closed, "session-side-unknown": b"\4\x40" + all_of(frames) + closed,
             "little-memory": b"\x0d\x33" + all_of(frames), "alice-first": b"\4\xfe" + all_of(order) + closed,
             "roles-swapped": b"\6\7" + all_of(frames[:4]), "without-the-long": keep + all_of(small) + closed}
    for name in ("r509", "l32"):  # the other tasks
        other = golden(name)
        seeds[name] = keep + all_of(other) + closed
        seeds[name + "-side-unknown"] = b"\4\x40" + all_of(other) + closed
        seeds[name + "-of-n64"] = keep + all_of(frames[:2]) + all_of(other[2:]) + closed
        for i, (d, data) in enumerate(other):
            if 8 < len(data) < 3000 and i < 10:
                seeds["%s-changed-%d" % (name, i)] = keep + all_of(other[:i]) + heard(d, data[:-1] + b"\xff") + all_of(other[i + 1:i + 3])
    seeds["bob-first-unknown"] = b"\0\1" + all_of(sorted(frames, key=lambda f: -f[0])[:6])
    for i in (1, 3, 4, 5):
        seeds["until-frame-%d" % i] = b"\4\3" + all_of(frames[:i]) + closed
    a = [i for i, f in enumerate(frames) if f[0] == 0]
    seeds["cut-in-chunk"] = keep + all_of(frames[:5]) + heard(0, frames[a[3]][1][:700]) + ended(0, 2)
    seeds["gap-in-chunk"] = keep + all_of(frames[:5]) + heard(0, frames[a[3]][1][:70]) + gap(0, 300) + all_of(frames[6:9])
    seeds["gap-first"] = b"\0\2" + gap(1, 9) + all_of(frames[:4])
    seeds["three-hellos"] = keep + heard(0, PREFACE) + heard(0, hello(b"n64")) * 4
    pair = frames[:2] if frames[1][0] == 0 else frames[:3]
    no = frame(b"\x2a\0")
    seeds["attempts"] = keep + all_of(frames[:4]) + (all_of(f for f in frames[4:6]) + heard(0, no) + heard(0, hello(b"n64"))) + \
        heard(1, frames[3][1] if frames[3][0] else frames[2][1])
    seeds["unknown-set"] = keep + all_of(pair[:1]) + heard(0, hello(b"n65"))
    seeds["largest-set"] = keep + heard(0, PREFACE + hello(b"n8192") + frame(b"\x1a\x22\x0a\x20" + bytes(32)) +
                                        frame(b"\x1a\4\x1a\2ab"))
    seeds["two-sets"] = keep + heard(0, PREFACE + hello(b"n128")) + all_of(f for f in frames[:4] if f[0])
    seeds["abort-alice"] = keep + heard(0, PREFACE + frame(b"\x52\2\x08\1"))
    seeds["abort-bob-unknown"] = b"\0\1" + heard(1, PREFACE + frame(b"\x52\3\x08\xff\1"))
    seeds["frame-of-0"] = keep + heard(0, PREFACE + bytes(4))
    seeds["frame-too-long"] = keep + heard(0, PREFACE + b"\xff\xff\xff\xff" + bytes(20))
    seeds["other-version"] = keep + heard(0, b"PARLEY\0\1") + heard(1, PREFACE + bytes(9))
    seeds["not-parley"] = known + b"\1" + heard(0, b"GET / HTTP/1.1\r\n") + heard(1, b"HTTP")
    seeds["ended-only"] = b"\0\1" + closed + heard(0, PREFACE[:7])
    return seeds


# ---- frames, bodies and addresses

def field(number, data):
    n = len(data)
    return bytes([number << 3 | 2]) + (bytes([n]) if n < 128 else bytes([n & 127 | 128, n >> 7])) + data


def bodies(frames):
    """One of each kind, the long ones short, and what is nearly right."""
    key, none = bytes(range(32)), b"none"
    seeds = {"frame-%d" % i: data[4:] for i, (_, data) in enumerate(frames) if len(data) > 8 and len(data) < 300}
    seeds["hello"] = field(1, field(1, b"n64") + field(2, key) + field(3, none) + field(4, key))
    seeds["hello-identity"] = field(1, field(1, b"n8192") + field(2, key) + field(3, key) + field(4, key))
    seeds["hello-reordered"] = field(1, field(4, key) + field(3, none) + field(2, key) + field(1, b"n64"))
    seeds["hello-name-with-nul"] = field(1, field(1, b"n\0004") + field(2, key) + field(3, none) + field(4, key))
    seeds["welcome"] = field(2, field(1, b"n64") + field(2, key) + field(3, key[:8]) + field(4, key) + field(5, key))
    seeds["samples-seed"] = field(3, field(1, key))
    seeds["samples"] = field(3, b"\x10\1" + field(3, key * 2))
    seeds["labels"] = field(4, field(1, key * 3))
    seeds["learned"] = field(5, b"\x08\1")
    seeds["not-learned"] = field(5, b"")
    seeds["challenge"] = field(6, field(1, key) + field(2, key * 5) + field(3, key * 3))
    seeds["confirm-alice"] = field(7, field(1, key) + field(3, key))
    seeds["confirm-alice-signed"] = field(7, field(1, key) + field(2, key * 2) + field(3, key))
    seeds["confirm-bob"] = field(8, field(2, key) + field(3, key))
    seeds["confirm-bob-signed"] = field(8, field(1, key * 2) + field(2, key) + field(3, key))
    seeds["sealed-first"] = field(9, field(1, key[:24]) + field(2, key))
    seeds["sealed"] = field(9, field(2, key * 4))
    seeds["abort"] = field(10, b"\x08\1")
    seeds["abort-long-number"] = field(10, b"\x08\xff\xff\xff\xff\x8f\x80\x80\x80\x80\0")
    seeds["twice"] = field(5, b"\x08\1\x08\1")
    seeds["two-messages"] = field(5, b"") * 2
    seeds["unknown"] = field(11, b"")
    seeds["nested"] = field(1, field(1, field(1, field(1, b"n64"))))
    return seeds


def streams_of_frames(frames):
    seeds = {}
    some = bodies(frames)
    for step, names in enumerate((("hello",), ("welcome",), ("samples-seed", "samples"), ("labels",), ("learned",), ("challenge",),
                                  ("confirm-alice",), ("confirm-bob",), ("sealed-first", "sealed", "abort"))):
        seeds["step-%d" % step] = bytes([step, 6]) + b"".join(frame(some[name]) for name in names)
        seeds["step-%d-cut" % step] = seeds["step-%d" % step][:-3]
        seeds["step-%d-abort" % step] = bytes([step + 16, 0]) + frame(some["abort"]) * 3
    seeds["length-0"] = b"\0\1" + frame(some["hello"]) + bytes(4)
    seeds["length-too-long"] = b"\0\1" + frame(some["hello"]) + b"\0\0\1\1" + bytes(20)
    seeds["length-longest"] = b"\x88\1" + b"\0\x0f\xff\xfc" + bytes(40)
    return seeds


def machines(frames):
    """As operate in machine.c takes them apart; for Alice and for Bob."""
    seeds = {}

    def block(data):
        return struct.pack(">H", len(data)) + data
    go_on, change, repeat, leave_out = b"\0", b"\1\0\0\5\1", b"\7", b"\x27"
    for which, name in enumerate(("talk", "agree", "rekey", "restart", "ring", "lwe")):
        for prefix in range(0, 28 if name == "rekey" else 15, 3 if name in ("agree", "restart") else 1):
            start = bytes([which, prefix])
            seeds["%s-%02d-changed" % (name, prefix)] = start + change + go_on * 2
            seeds["%s-%02d-again" % (name, prefix)] = start + repeat + go_on * 3
            if name == "talk":
                seeds["%s-%02d-left-out" % (name, prefix)] = start + leave_out + go_on * 2
                seeds["%s-%02d-late" % (name, prefix)] = start + b"\5\xff" + go_on
                seeds["%s-%02d-eof" % (name, prefix)] = start + b"\6\3" + go_on
        seeds[name + "-bytewise"] = bytes([which, 0]) + b"\x08" * 40
    # A2, B2 and B3 of other tasks: shorter and longer by a byte, and with every bit set, so also those that nobody uses
    for which, name, sizes in ((4, "ring", (64, 128, 1600)), (5, "lwe", (2048, 1162, 1024))):
        for more in (-1, 0, 1):
            chunk, labels, masked = (b"\xff" * (size + more) for size in sizes)
            for step, prefix, body in (("samples", 3, field(3, field(3, chunk))), ("labels", 3, field(4, field(1, labels))),
                                       ("challenge", 4, field(6, field(1, bytes(32)) + field(2, masked) + field(3, bytes(96))))):
                seeds["%s-%s-%+d" % (name, step, more)] = bytes([which, prefix]) + b"\2" + block(body) + go_on
    for name, body in bodies(frames).items():
        for prefix in (1, 2, 3, 5, 9):
            if prefix == 1 or not name.startswith("frame-"):
                seeds["body-%s-%d" % (name, prefix)] = bytes([0, prefix]) + b"\2" + block(body)
    for kind, plain in enumerate((b"name", b"data", b"", frame(field(1, b"")), b"")):
        for prefix in (8, 10):
            seeds["sealed-%d-%d" % (kind, prefix)] = bytes([0, prefix]) + b"\4\0" + block(bytes([kind]) + plain) + go_on
            seeds["sealed-%d-%d-tag" % (kind, prefix)] = bytes([0, prefix]) + b"\4\x83" + block(bytes([kind]) + plain)
    seeds["sealed-9"] = b"\0\x0a\4\0" + block(b"\x09abc")
    seeds["crossed-rekey"] = b"\2\x0a\6\2" + go_on * 9
    seeds["ended-rekey"] = b"\2\x0a\6\1\6\2" + go_on * 9
    seeds["length-longest"] = b"\0\1\3" + block(b"\xff\xff\xff\xff")
    seeds["length-0"] = b"\0\1\3" + block(bytes(4))
    seeds["other-version"] = b"\0\0\3" + block(b"PARLEY\0\1")
    seeds["not-parley"] = b"\0\0\3" + block(b"GET / HTTP/1.1")
    return seeds


ADDRESSES = ["", "localhost", "bob.example.org:24022", "[::1]:24022", "[fe80::1%eth0]:1", "::1", ":80", "[::]", "192.0.2.7:65535",
             "192.0.2.7:65536", "host:", "[::1]24022", "[::1", "]", "[]", "[]:1", "a:b", "host:00022", "host:000022", "::ffff:192.0.2.7",
             "x" * 255, "x" * 256, "[" + "y" * 255 + "]:9", "h:-1", "h:+1", "[a[b]:1", "a]b", "[::]:", ":", "::", ":::"]


# ---- whole files

def captures(frames):
    whole = conversation(frames)
    small = conversation([f for f in frames if len(f[1]) < 2000])
    begin = conversation(frames[:4], close=False)
    r = random.Random(2)

    def flipped(data, n):
        data = bytearray(data)
        for _ in range(n):
            data[r.randrange(24, len(data))] ^= 1 << r.randrange(8)
        return bytes(data)
    seeds = {"empty": b"", "session": pcap.write(whole), "session-ng": pcap.write_ng(whole),
             "session-cut": pcap.write(whole)[:9000]}
    for name, link, vlan in (("ethernet", 1, False), ("vlan", 1, True), ("null", 0, False), ("cooked", 113, False),
                             ("cooked2", 276, False)):
        seeds["begin-" + name] = pcap.write(pcap.wrapped(begin, link, vlan), link)
    seeds["begin-v6-big-endian"] = pcap.write(conversation(frames[:4], True), order=">")
    seeds["begin-micro"] = pcap.write(begin, nano=False)
    seeds["ng-big-endian"] = pcap.write_ng(begin, order=">")
    seeds["ng-cut"] = pcap.write_ng(begin)[:300]
    seeds["snapped"] = pcap.write(small, snaplen=60)
    seeds["small"] = pcap.write(small)
    seeds["small-shuffled"] = pcap.write(r.sample(small, len(small)))
    seeds["small-twice"] = pcap.write([p for one in small for p in (one, one)])
    seeds["two-sessions"] = pcap.write([p for pair in zip(begin, conversation(frames[:4], True, 50000, False)) for p in pair])
    seeds["every-third-missing"] = pcap.write([p for i, p in enumerate(small) if i % 3])
    seeds["mid-stream"] = pcap.write(small[3:])
    large = [(0, PREFACE + hello(b"n8192") + frame(b"\x1a\x22\x0a\x20" + bytes(32)) + b"\0\0\x40\0")]
    seeds["largest-set-many"] = pcap.write([p for i in range(12) for p in conversation(large, port=41000 + i, close=False)])
    seeds["header-only"] = pcap.write([])
    seeds["header-cut"] = pcap.write([])[:20]
    seeds["link-unknown"] = pcap.write(begin[:2], link=189)
    seeds["length-lies"] = pcap.write(begin[:2]) + struct.pack("<IIII", 1, 1, 0xfffffff0, 40) + bytes(40)
    seeds["length-negative"] = pcap.write(begin[:2]) + struct.pack("<IIII", 1, 1, 0x80000000, 0x80000000)
    seeds["snaplen-huge"] = pcap.write(begin[:3], snaplen=0x7fffffff)
    seeds["snaplen-0"] = pcap.write([], snaplen=0) + struct.pack("<IIII", 0, 0, 40, 40) + begin[0][1]
    ng = pcap.write_ng(begin[:3])
    seeds["ng-block-lies"] = ng[:32] + struct.pack("<I", 0xfffffff0) + ng[36:]
    seeds["ng-no-interface"] = ng[:28] + ng[28 + struct.unpack("<I", ng[32:36])[0]:]
    seeds["ng-trailer-lies"] = ng[:-4] + struct.pack("<I", 4)
    seeds["time-ends"] = pcap.write([(0xffffffff * 10**9 + 999999999, begin[0][1]), (0, begin[1][1])])
    for i in range(3):
        seeds["flipped-%d" % i] = flipped(seeds["small"], 4 << i)
        seeds["flipped-ng-%d" % i] = flipped(pcap.write_ng(small), 4 << i)
    return seeds


# ---- challenges


def challenges():
    folder = os.path.join(HERE, "..", "..", "..", "eve", "challenge")
    with open(os.path.join(folder, "records.txt"), encoding="ascii") as f:
        records = {line.split()[1]: line.split()[3:] for line in f}
    seeds = {"empty": b"", "claim-alone": b"key secret\n"}
    for name in ("r509", "l32"):
        key, secret = records[name]
        with open(os.path.join(folder, name + ".pcap"), "rb") as f:
            data = f.read()
        claim = ("%s %s\n" % (key, secret)).encode()
        seeds[name] = claim + data
        seeds[name + "-unclaimed"] = b"\n" + data
        seeds[name + "-cut"] = claim + data[:-300]
    r509 = seeds["r509"]
    key, secret = records["r509"]
    rest = r509[r509.index(b"\n"):]
    seeds["key-of-another"] = records["l32"][0].encode() + b" " + secret.encode() + rest
    seeds["unused-bits"] = key.encode() + b" " + secret[:-2].encode() + b"ff" + rest
    seeds["secret-long"] = key.encode() + b" " + secret.encode() + b"00" + rest
    seeds["two"] = r509 + seeds["l32"][seeds["l32"].index(b"\n") + 1 + 24:]
    at = r509.rindex(b"PARLEY")  # of the second direction
    seeds["damaged"] = r509[:at + 60] + bytes([r509[at + 60] ^ 4]) + r509[at + 61:]
    return seeds


# ---- files of events

def event(name, side="alice", **fields):
    return json.dumps({"schema": 1, "event": name, "side": side, "time": 0.25, "clock": 1795630204008866, **fields},
                      separators=(",", ":"))


def events():
    step = {"step": "B1", "bytes": 61, "seconds": 8.6e-4, "attempt": 1, "rekey": False}
    known = {"session": "2518367893274ea3", "peer": "127.0.0.1:23391"}
    each = {
        "listening": event("listening", "bob", address="127.0.0.1:23391"),
        "connected": event("connected", peer="[::1]:5"),
        "step": event("step", **known, **step),
        "learned": event("learned", **known, params="n64", attempt=1, accepted=True, symbol_error=0.33, symbol_error_expected=0.29,
                         iterations=15, disagreements=305, plain_labels=2048, disagreement=0.15, disagreement_expected=0.125),
        "agreed": event("agreed", **known, challenges=38400, repeat=75, distillate=512, failure_log2=-40.4, agreeing=33586,
                        agreement=0.87, agreement_expected=0.875),
        "confirmed": event("confirmed", "bob", **known, params="n64", fingerprint="angel nickel sunset rubber",
                           authenticated=False, bytes=14862, seconds=3.3e-3),
        "open": event("open", **known, identity="x" * 43),
        "closed": event("closed", **known, step="open", status=0, reason="done", by_peer=False, bytes=15064, seconds=1),
        "error": event("error", text="it is \u2028 <b>over</b>"),
    }
    whole = "\n".join(each.values()) + "\n"
    figure = {"what": "noise of a plain label", "measured": 10.5, "expected": 10.1}
    each["learned-figures"] = event("learned", **known, params="l64", attempt=1, accepted=True, figures=[figure] * 2, iterations=1,
                                    disagreements=0, plain_labels=512)
    rounds = [{"wrong": 713, "unsettled": 2103}, {"wrong": 0, "unsettled": 17}]
    each["learned-rounds"] = event("learned", **known, params="n256", attempt=1, accepted=True, iterations=2, disagreements=5,
                                   plain_labels=8192, code_bits=2816, rounds=rounds)
    captions = event("captions", **known, params="n64", attempt=1, key="0123456789abcdef" * 4)
    each["captions"] = captions
    wrong = {
        "key-short": captions.replace("abcdef", "abcde", 1), "key-upper": captions.replace("abcdef", "ABCDEF"),
        "key-number": event("captions", **known, params="n64", attempt=1, key=5), "key-none": event("captions", **known, params="n64", attempt=1),
        "side-wire": event("step", "wire", **step), "side-html": event("open", "<b>"), "event-verdict": event("verdict", key="x"),
        "from": event("open", **{"from": "page"}), "text-object": event("error", text={"a": [1]}), "schema-2": event("open", schema=2),
        "bytes-negative": event("step", **{**step, "bytes": -1}), "bytes-large": event("step", **{**step, "bytes": 2**53 + 1}),
        "bytes-real": event("step", **{**step, "bytes": 61.5}), "real-large": '{"schema":1e999}', "deep": "[" * 3000,
        "figures": event("learned", **known, params="l64", figures=[[figure]] * 9),
        "rounds": event("learned", **known, params="n64", rounds=[{"wrong": -1, "unsettled": 0}] * 2),
        "twice": '{"schema":1,"schema":1}', "nul": event("error", text="a\0b"), "not-utf8": '{"schema":1,"side":"\udcff"}',
        "text-long": event("error", text="x" * 9000), "name-long": event("open", peer="x" * 200), "empty": "", "blank": "\n\n\n",
        "cut": whole[:700], "no-end": whole[:-1], "crlf": whole.replace("\n", "\r\n"), "whole": whole, "garbage": "\0\1\2{}[]\n" * 9,
        "line-too-long": "x" * 66000 + "\n" + each["open"], "line-too-long-object": event("error", text="x" * 66000) + each["open"] + "\n",
    }
    return {name: text.encode("utf-8", "surrogateescape") for name, text in {**each, **wrong}.items()}


# ---- files of eve

def keylogs():
    lines = [b"%016x %s\n" % (i * 0x123456789abcdef, base64.b64encode(bytes([i]) * 32)) for i in range(3)]
    return {"log": b"".join(lines), "key": lines[1].split()[1] + b"\n", "key-bare": lines[1].split()[1], "empty": b"",
            "blank": b"\n \n", "same": lines[0] * 3, "more": lines[0][:-1] + b" x\n", "upper": lines[2].upper(),
            "short": lines[0].replace(b"=", b""), "long": b"0" * 300 + b"\n", "nul": lines[0][:30] + b"\0" + lines[0][30:],
            "carriage-return": lines[0].replace(b"\n", b"\r\n"), "cut": b"".join(lines)[:-20], "many": lines[0] * 70}


def bases():
    shaped = {"square": (2, 2, "[[1 -2 ]\n[3 4 ]\n]\n"), "none": (0, 3, "[]"), "wide": (1, 8, "[[1 2 3 4 5 6 -7 8]]"), "tall": (3, 1, "[[1]\n[2]\n[3]]"),
              "secret": (3, 5, "[[3 -6 7 8 2][-3 6 7 8 -2][0 0 9 9 0]]"), "limits": (1, 2, "[[2147483647 -2147483647]]"),
              "too-large": (1, 2, "[[2147483648 1]]"), "zeros": (1, 2, "[[-0 0000000000000000007]]"), "empty": (2, 2, ""),
              "failure": (2, 2, "Failure: loops limit exceeded in BKZ\n"), "cut": (2, 2, "[[1 -2 ]\n[3"), "more": (1, 1, "[[1]]]"),
              "twice": (1, 1, "[[1]][[1]]"), "long-row": (1, 1, "[[1 2]]"), "real": (1, 1, "[[1.5]]"), "nul": (1, 1, "[[1\0]]"), "minus": (1, 1, "[[-]]")}
    return {name: bytes([rows, columns]) + text.encode() for name, (rows, columns, text) in shaped.items()}


def labs():
    """From the results that are kept: a few units of each kind, and what is wrong with them."""
    kept = os.path.join(HERE, "..", "..", "..", "eve", "lab", "results")
    # of LPN the first ones and the last, then of the other tasks
    chosen = {"risk": (0, 487, 490, -1), "hardness": (0, 269, 275, 400, -1), "agreement": (0, 137, 140, -1), "oneway": (0, 20, 149, 151, -1),
              "window": (0, 1, -1), "quantum": (0, 51, -1), "trimodal": (0, -1),
              "statistical": (0, 120, 141, 177, 183), "captions": (0, 30, 270, 300, -1), "scale": (0, 15, -1)}
    seeds = {"empty": b"", "object": b"{}\n{}\n"}

    def text(manifest, lines):
        return "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in [manifest] + lines).encode()
    for name, which in chosen.items():
        with open(os.path.join(kept, name, "manifest.json"), encoding="utf-8") as f:
            manifest = dict(json.load(f), n_units=len(which), runs=[])
        with open(os.path.join(kept, name, "units.jsonl"), encoding="utf-8") as f:
            units = [json.loads(line) for line in f]
        lines = [dict(units[at], unit=i) for i, at in enumerate(which)]
        seeds[name] = text(manifest, lines)
        seeds[name + "-incomplete"] = text(manifest, lines[1:])
        seeds[name + "-no-parameters"] = text(manifest, [dict(lines[0], parameters={})])
        seeds[name + "-no-result"] = text(manifest, [dict(lines[0], result={})])
        if name == "oneway":
            wide = []
            for n in range(32, 8193, 32):
                wide.append(dict(lines[0], unit=len(wide), parameters=dict(lines[0]["parameters"], n=n, w=round(0.3 * n ** 0.5))))
            seeds["oneway-every-n"] = text(dict(manifest, n_units=len(wide)), wide)
        if name == "hardness":
            told = json.loads(json.dumps(lines[0]))
            for learner in told["result"]["learners"]:
                learner.update(status="not-applicable", reason="\x1b[2J\n\u202e")
            seeds["hardness-told"] = text(manifest, [told])
    seeds["unknown"] = text(dict(manifest, experiment="nothing"), [])
    return seeds
# ---- what a user names

def identities():
    """RFC 8032, section 7.1, TEST 1, whole and damaged."""
    seed = base64.b64encode(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    public = base64.b64encode(bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
    good = b"parley-identity-1 " + seed + b" " + public + b"\n"
    return {"good": good, "empty": b"", "cut": good[:-1], "longer": good + b"\n", "no-magic": b"x" + good[1:],
            "magic-only": good[:18], "other-version": good.replace(b"-1 ", b"-2 "), "tab": good.replace(b" d", b"\td"),
            "no-space": good[:62] + b"A" + good[63:], "seed-bad": good[:20] + b"!" + good[21:],
            "seed-short": good[:61] + b"A" + good[62:], "public-bad": good[:70] + b"!" + good[71:],
            "public-url-safe": good[:63] + good[63:].replace(b"/", b"_"),
            "public-other": b"parley-identity-1 " + seed + b" " + seed + b"\n", "crlf": good[:-1] + b"\r\n",
            "zeros": b"parley-identity-1 " + base64.b64encode(bytes(32)) + b" " + base64.b64encode(bytes(32)) + b"\n",
            "binary": bytes(range(107))}


def configurations():
    keys = [base64.b64encode(bytes([i]) * 32).decode() for i in range(3)]
    peers = "".join("[peer p%d]\nkey = %s\nfile = /run/parley/p%d\nhook = wg set wg0; echo \"$PARLEY_NAME\" # all of it\n" % (i, key, i)
                    for i, key in enumerate(keys))
    good = "# who may come\nparams = n2048,r13109\n  lifetime =\t300  \nlog=yes\n\n" + peers
    texts = {"good": good, "empty": "", "no-newline": good[:-1], "words": good[:60], "blank": " \t\n\n  # x\n",
             "crlf": good.replace("\n", "\r\n"), "nul": good.replace("log", "l\0g"), "no-key": "[peer a]\nfile = x\n",
             "bad-key": "[peer a]\nkey = %s\n" % keys[0][1:], "two-keys": "[peer a]\nkey = %s\nkey = %s\n" % (keys[0], keys[1]),
             "same-key": "[peer a]\nkey=%s\n[peer b]\nkey=%s\n" % (keys[0], keys[0]), "same-name": "[peer a]\nkey=%s\n[peer a]\n" % keys[0],
             "same-file": good.replace("/p1", "/p0"), "patterns": good.replace("/p1", "/%p").replace("/p2", "/%p%%%s"), "bad-pattern": good.replace("/p1", "/%x"),
             "same-word": "a = 1\nb = 2\na = 3\n", "no-value": "log =\n", "no-word": "= yes\n", "neither": "log yes\n", "odd-word": "lo g = yes\n",
             "odd-name": "[peer a b]\n", "long-name": "[peer %s]\n" % ("a" * 41), "section": "[server]\n", "no-bracket": "[peer a\n", "bracket": "[\n",
             "peer-word": "[peer a]\nname = x\n", "unicode": "name = \u00e9\n[peer \u00e9]\n", "line": "x = %s\n" % ("y" * 4093),
             "words-max": "".join("w%d = 1\n" % i for i in range(101))}
    return {name: text.encode() for name, text in texts.items()}


def key_paths():
    names = ["key", "", "%", "%s", "%p", "%%", "-key", "%s%p", "%p/%s", "/run/parley/%s", "/run/%p/key", "%%s", "%x", "x%",
             "./%p", "--%s", "%%%%%s%%%p", "//", "-" * 300, "%s" * 100]
    peers = ["", "-" + "A" * 42 + "=", "_" * 43 + "=", "abcDEF-_="]
    return {"path-%02d" % i: "\n".join((name, "0123456789abcdef" if i % 5 else "", peers[i % 4])).encode()
            for i, name in enumerate(names)}


def boards():
    """For fuzz_board.c: names (with '+' in front: of a pinned key), a blank line, what bob types, and what all of them send."""
    names = {"two": "ann\nann", "colon": "ann\nann:\nann: x\nann ", "id": "0000000000000001\n000000\n0", "none": "\x20\n\x20", "case": "Ann\nann\nANN",
             "bob": "bob\nall\nBob\nalice", "pinned": "+ann\n+ann\nann", "dashes": "---\n-a-\na--b\n.", "slash": "ann/000000\nann\nann",
             "utf8": "J\u00fcrgen\n\u674e\na\u202eb", "long": "\n".join(["x" * 64] * 4), "bytes": "\udcff\udcfe\n\x1b[2J", "empty": ""}
    typed = ["@ann: hello", "@ann hello", "@ann", "@", "@0000000000000001 x", "@000000 x", "to all", "@ann\t", "@ann/000001 x", "@nobody x",
             "@-a x", "@Ann x", "@\u674e x"]
    said = ["hello\n", "bob: warning: no\n", "a: b: c\n\n\nd", "\x1b]0;x\7\n", "x" * 2100, "\u202e\u00e9" * 400, "\0\n", "\\n\\x41\n", "",
            "\udcc3" * 999 + "\udca9\n", "\r\n", "end", "\u0085"]
    return {"board-" + name: "\n".join((names[name], "", typed[i], said[i])).encode("utf-8", "surrogateescape") for i, name in enumerate(names)}


def https():
    """As fuzz_http.c takes them apart: how the client leaves, pieces."""
    def ask(path, method="GET", body=b"", *fields):
        lines = ["%s %s HTTP/1.1" % (method, path), "Host: 127.0.0.1:8422", *fields]
        if method == "POST":
            lines.append("Content-Length: %d" % len(body))
        return "\r\n".join(lines + ["", ""]).encode() + body

    def pieces(leave, *all):
        return bytes([leave]) + b"".join(struct.pack(">H", len(piece)) + piece for piece in all)
    get, post = ask("/?viewer=%61b&x&=1&viewer"), ask("/", "POST", b'{"on":false}', "Origin: http://a", "X-Parley-Token: 0")
    asks = {"get": get, "post": post, "events": ask("/events", "GET", b"", "Last-Event-ID: 7"), "list": ask("/list"), "file": ask("/file"),
            "head": ask("/", "HEAD"), "method": ask("/", "DELETE"), "upgrade": ask("/", "GET", b"", "Connection: Upgrade", "Upgrade: websocket"),
            "old": b"GET /events HTTP/1.0\r\n\r\n", "noise": bytes(range(256)), "field": ask("/", "GET", b"", "X: " + "x" * 17000),
            "long": ask("/" + "y" * 17000), "body": ask("/", "POST", b"z" * 16384), "body-too-long": ask("/", "POST", b"z" * 16385),
            "length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nx", "two-lengths": post[:-16] + b"Content-Length: 3\r\n\r\nabc",
            "chunked": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "chunk-lies": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n",
            "expect": ask("/", "POST", b"abc", "Expect: 100-continue"), "zeros": ask("/", "POST", b"a\0b\0"), "percent": ask("/%00%2e%2e/%zz?%00=%ff&a%26b=%3d"), "empty": b""}
    seeds = {}
    for i, (name, data) in enumerate(asks.items()):
        seeds[name] = pieces(i % 4, data)
        seeds[name + "-cut"] = pieces((i + 1) % 4, data[:len(data) // 2])
        seeds[name + "-pieces"] = pieces((i + 2) % 4, data[:5], data[5:len(data) * 2 // 3], data[len(data) * 2 // 3:])
        for second in ("get", "post", "body-too-long"):
            if len(data) < 2000 and (second != "body-too-long" or name in ("get", "post", "file")):
                seeds["%s-%s" % (name, second)] = pieces((i + 3) % 4, data + asks[second])
    return seeds


def joins():
    """As fuzz_join.c takes them apart."""
    good = "token=abcd-89pz-hijk&set=n64&name="
    queries = [good + "Ada", good + "J\u00fcrgen 1%", good + " Ada", good + "Ada ", good, good + "a" * 40, good + "a" * 41, good + "\u202eadA",
               good + "a\\b", good + "a\nb", good.replace("n64", "n65") + "Ada", good.replace("n64", "n8192") + "Ada",
               good.replace("n64", "r13109") + "Ada", good + "A %26 B 100%25", good + "a\u0308\u0301", good + "\u0308", good + "Bob", good + "a\u00adb", "name=Ada", "set=n64", "&&=&name&set=&name=Ada&set=l32", "token=abcd-89pz-hijk", ""]
    origins = ["", "http://192.0.2.7:8423", "http://elsewhere", "https://192.0.2.7:8423", "null"]
    seeds = {"join-%02d" % i: "\0".join((query, "192.0.2.7:8423", origins[i % 3 if i < 12 else i % 5])).encode() for i, query in enumerate(queries)}
    plays = "token=abcd-89pz-hijk&ticket=0123456789abcdef&round=3&question=0&option="
    for i, query in enumerate((plays + "1", plays + "255", plays, plays + "-1", plays + "0x1", plays + "9" * 15, plays + "9" * 16,
                               plays + "1&option=2", plays.replace("abcdef", "ABCDEF") + "1", plays.replace("ticket", "xticket") + "1",
                               plays.replace("round=3", "round=999999999999999") + "0", "ticket=0123456789abcdef")):
        seeds["play-%02d" % i] = "\0".join((query, "192.0.2.7:8423", origins[i % 2])).encode()
    return seeds


def surfaces():
    """As fuzz_surface.c takes them apart: a set, then operations, in the order of its enum."""
    honest, changed, left_out, raw, say, bob_says, late, broken, end, bob_ends, escape, eof = range(12)

    def with_text(operation, text=b""):
        return bytes([operation]) + struct.pack(">H", len(text)) + text
    seeds = {}
    for i, name in enumerate(("n64", "r509", "l32")):
        def of(*parts):
            return bytes([i]) + b"".join(parts)

        def turns(n):
            return bytes([honest] * n)
        seeds[name + "-whole"] = of(turns(60), with_text(say, b"hello\n"), bytes([bob_says]), turns(4), bytes([end, bob_ends]), turns(6))
        seeds[name + "-changed"] = of(turns(2), bytes([changed, 0, 9, 1]), turns(40))
        for k in (1, 5, 9):
            seeds["%s-changed-late-%d" % (name, k)] = of(turns(k), bytes([changed, 0, 77, 128]), turns(40))
        seeds[name + "-left-out"] = of(turns(3), bytes([left_out]), turns(40))
        seeds[name + "-garbage"] = of(with_text(raw, bytes(range(256)) * 4))
        seeds[name + "-time"] = of(turns(2), bytes([late, 255]) * 3)
        seeds[name + "-broken"] = of(turns(2), with_text(broken, b"the \"cable\"\n\xff"))
        seeds[name + "-eof"] = of(turns(60), bytes([eof]), with_text(escape, b"\x1b[2J\xe2\x80\xae"))
        seeds[name + "-behind"] = of(turns(60), with_text(raw, b"\0\0\0\x05hello"), with_text(say, b"x" * 300))
    return seeds


def websockets():
    """As fuzz_websocket.c takes them apart: frames of a client, in pieces."""
    def of(opcode, data=b"", fin=True, key=b"\1\2\3\4", length=None):
        n = len(data) if length is None else length
        size = bytes([128 | n]) if n < 126 else b"\xfe" + struct.pack(">H", n) if n < 65536 else b"\xff" + struct.pack(">Q", n)
        return bytes([opcode | (128 if fin else 0)]) + size + key + bytes(b ^ key[i % 4] for i, b in enumerate(data))

    def pieces(*all):
        return b"".join(struct.pack(">H", len(piece)) + piece for piece in all)
    frames = {"binary": of(2, b"hello"), "long": of(2, bytes(300)), "fragments": of(2, b"he", False) + of(9, b"!") + of(0, b"llo"),
              "ping": of(9, b"x" * 125), "ping-too-long": of(9, b"x" * 126), "pings": of(9) * 33, "pong": of(10), "close": of(8, b"\x03\xe8bye"),
              "close-code": of(8, b"\0\1"), "close-one": of(8, b"\3"), "text": of(1, b"{}"), "unmasked": b"\x82\x01x", "reserved": of(0x42, b"x"),
              "opcode": of(3, b"x"), "continued": of(0, b"x"), "ping-cut": of(9, b"x", False), "huge": of(2, b"x", length=1 << 40),
              "negative": of(2, b"x", length=1 << 63), "not-least": b"\x82\xfe\x00\x01\0\0\0\0x", "nothing": of(2) * 20}
    seeds = {name: pieces(data) for name, data in frames.items()}
    for name, data in frames.items():
        seeds[name + "-pieces"] = pieces(data[:1], data[1:5], data[5:])
        seeds[name + "-behind"] = pieces(of(2, b"before") + data, of(2, b"behind"))
    return seeds


def said():
    """As fuzz_said.c takes them apart."""
    def record(kind, number, data=b""):
        return bytes([kind, number]) + struct.pack(">H", len(data)) + data
    hers, bobs, name = (lambda *a, k=k: record(k, *a) for k in range(3))
    hide, hide_all, show = (lambda number=0, k=k: record(k, number) for k in (3, 4, 5))
    talk = name(1, b"ann") + name(2, b"ben") + hers(3, b"Good  Morning") + bobs(4, b"(from ann) good morning") + bobs(5, b"(from ben) x") + bobs(6, b"Bob's own")
    return {"talk": talk, "line": talk + hide(0) + bobs(7, b"(from ben) GOOD morning") + show(), "all-of-hers": talk + hide_all(1) + bobs(9, b"(from ann) more"),
            "late": bobs(50, b"(from ann) x") + name(60, b"ann") + name(41, b"ann") + hide_all(0) + name(40, b"ann"),
            "unknown": bobs(50, b"(from ann) x") + hide_all(0) + bobs(51, b"(from ann) y"),
            "odd": b"".join(f(1, text) for f in (hers, bobs) for text in (b"", b"(from ", b"(from )", b"(from a b) x", b"(from \x01) x", b"\xff\xfe\\", b"a\0b", "\u202e\u6f22".encode(), b"x" * 1400, "\u6f22".encode() * 400)),
            "many": b"".join(bobs(i, b"(from n%d) x" % (i % 5)) + name(i, b"n%d" % (i % 7)) for i in range(40)) + hide_all(7)}


def main():
    frames = golden()
    some, floods = streams()
    addresses = {"address-%02d" % i: text.encode() for i, text in enumerate(ADDRESSES)}
    for target, seeds in (("frame", streams_of_frames(frames)), ("message", bodies(frames)), ("address", addresses), ("machine", machines(frames)),
                          ("packet", packets()), ("streams", some), ("streams-flood", floods), ("observe", observe(frames)),
                          ("capture", captures(frames)), ("challenge", challenges()), ("events", events()), ("keylog", keylogs()), ("basis", bases()), ("lab", labs()),
                          ("identity", identities()), ("conf", configurations()), ("keypath", key_paths()), ("board", boards()),
                          ("http", https()), ("join", joins()), ("said", said()), ("surface", surfaces()), ("websocket", websockets())):
        folder = os.path.join(sys.argv[1], target)
        os.makedirs(folder, exist_ok=True)
        for name, data in seeds.items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)


if __name__ == "__main__":
    main()
