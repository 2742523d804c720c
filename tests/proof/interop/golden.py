#!/usr/bin/env python3
"""golden.py: recomputes every example of section 9 of proto/WIRE.md with what alice.py does on the wire, from the other
sections of the document alone. Exit 0: all equal, and none left out; 1: not; 77: numpy or libsodium is missing."""

import os
import re
import sys

import alice
from basics import H, pack_bits, unpack_bits
import lpn
import ring

import numpy as np

SETS = alice.read_params()


def read_examples():
    """{what stands on the left: what on the right, joined over its lines}"""
    with open(os.path.join(alice.PROTO, "WIRE.md"), encoding="utf-8") as f:
        section = f.read().split("\n## 9. Golden examples\n")[1]
    examples, last = {}, None
    for line in section.splitlines():
        if re.fullmatch(r" {39}[0-9a-f]+", line):
            examples[last] += line.strip()
        elif line.startswith("    "):
            found = re.fullmatch(r" {4}(.{34}\S*) +(\S.*)", line)
            last = found and found[1].strip()
            if not found or last in examples:
                sys.exit("golden.py: cannot read the line %r" % line)
            examples[last] = found[2]
    return examples


def lpn_rows(name, key, rows):
    """The first rows of a matrix, packed."""
    words = np.hstack([block for _, _, block in lpn.matrix_blocks(SETS[name], key, rows)])
    return [row.tobytes() for row in words]


def lwe_row(name, what, seed, rows, i):
    return np.hstack([block[i] for block in SETS[name].matrix(what, seed, rows)]).astype("<u2").tobytes()


def expansions(seed):
    """Of the samples and challenges of all tasks."""
    key = H(b"parley/1 matrix" + seed)
    n64, n1024, r509, l96 = (SETS[name] for name in ("n64", "n1024", "r509", "l96"))
    yield 'H("parley/1 matrix" || seed)', key
    small = lpn_rows("n64", key, n64.m)
    yield "n64: a_0", small[0]
    yield "n64: a_64", small[64]
    yield "n1024: a_64", lpn_rows("n1024", key, n1024.m)[64]
    yield "n64: x*_0 of the same seed", lpn_rows("n64", H(b"parley/1 challenge" + seed), n64.L)[0]
    for name in ("n64", "n384", "n1024", "n8192"):
        pi = SETS[name].pi
        yield name + ": pi[0] ... pi[9]", " ".join(map(str, pi[:10]))
        yield name + ": pi[k-1]", str(pi[-1])
    yield "r509: h", pack_bits(r509.plain(seed))
    yield "r509: h (1 + X^3 + X^508)", pack_bits(ring.times(r509.plain(seed), [0, 3, 508]))
    yield "r509: x*_1 of the same seed", pack_bits(r509.challenge(seed, 1))
    yield 'H("parley/2 l96 matrix" || seed)', l96.key(b"matrix", seed)
    yield "l96: a_2", lwe_row("l96", b"matrix", seed, l96.m, 2)
    yield "l96: x*_0 of the same seed", lwe_row("l96", b"challenge", seed, l96.L, 0)


def confirmation(given):
    """Sections 6 and 7, of the values that are given."""
    t = unpack_bits(given["t (hash)"], 767)
    y = alice.hash_bits(t, unpack_bits(given["d"], 512))
    t3, r_a, r_b = given["T3"], given["r_A"], given["r_B"]
    key = H(b"parley/1 session key" + t3, y)
    confirm_a, confirm_b = H(b"parley/1 confirm alice", key), H(b"parley/1 confirm bob", key)
    yield "y", y
    yield "K", key
    yield "K_confirmA", confirm_a
    yield "K_confirmB", confirm_b
    yield "K_streamAB", H(b"parley/1 stream alice to bob", key)
    yield "K_streamBA", H(b"parley/1 stream bob to alice", key)
    yield "commitment of A1", H(b"parley/2 commit alice" + r_a)
    yield "commitment of B1", H(b"parley/2 commit bob" + r_b)
    mac_a = H(t3 + r_a, confirm_a)
    yield "macA", mac_a
    yield "macB", H(t3 + r_a + r_b + mac_a, confirm_b)
    shown = H(b"parley/2 fingerprint" + t3 + r_a + r_b)[:5]
    yield "f_0 ... f_4", shown
    words = alice.read_words()
    yield "fingerprint", " ".join(words[f] for f in shown)
    her, him = (alice.Identity(bytes(range(first, first + 32))) for first in (0x80, 0xA0))
    yield "Alice, public key; seed 80 81 ... 9f", her.public
    yield "Bob, public key; seed a0 a1 ... bf", him.public
    sig_a, sig_b = her.sign(b"parley/1 sign alice", t3), him.sign(b"parley/1 sign bob", t3)
    yield "sigA", sig_a
    yield "sigB", sig_b
    mac_a = H(t3 + r_a + sig_a, confirm_a)
    yield "macA with sigA", mac_a
    yield "macB with both", H(t3 + r_a + r_b + sig_a + mac_a + sig_b, confirm_b)
    yield "K_new of the same y, K_old = K", H(b"parley/1 rekey" + key + t3, y)


def frames(given):
    """Sections 3 and 7. Hello has the commitment 60 61 ... 7f here."""
    preface = H(alice.PREFACE)
    hello = alice.encode(alice.HELLO, params=b"n64", nonce=given["seed"], identity=alice.NONE, commitment=bytes(range(0x60, 0x80)))
    learned = alice.encode(alice.LEARNED, learned=True)
    transcript = alice.Transcript(preface, preface)
    transcript.a += [H(hello), H(learned)]
    yield "H(preface)", preface
    yield "a Hello frame", hello
    yield "its digest", H(hello)
    yield "a Learned frame", learned
    yield "hA of preface, Hello, Learned", H(b"".join(transcript.a))
    yield "T3 of that and hB of a preface", transcript.t3()


def main():
    examples = read_examples()
    given = {what: bytes.fromhex(examples[what]) for what in ("seed", "d", "t (hash)", "T3", "r_A", "r_B")}
    wrong, done = 0, set(given)
    for part in (expansions(given["seed"]), confirmation(given), frames(given)):
        for what, mine in part:
            mine = mine if isinstance(mine, str) else mine.hex()
            done.add(what)
            if mine != examples.get(what):
                wrong += 1
                print("%s: the document says %s, its text gives %s" % (what, examples.get(what), mine))
    for what in examples.keys() - done:
        wrong += 1
        print("%s: not recomputed here" % what)
    print("%d examples, %d of them wrong" % (len(examples), wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
