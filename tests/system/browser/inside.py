"""What "How Alice does it" looks into: in WebAssembly it is what the same C says on this machine; the session is the one that
alice and bob have with the same seeds; and what it says adds up, in another language.

usage: inside.py ALICE BOB INSIDE FOLDER, where FOLDER has how.wasm"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

from parley import check, equal, run, start_alice, start_bob

BUILT = os.path.abspath(sys.argv.pop())
INSIDE = os.path.abspath(sys.argv.pop())
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "../../.."))
SEED = "a lesson"
SETS = ["n64", "n256", "r509", "l32"]


def seed_of(side, index):
    """As eve/page/scenario.c gives it to a program: by prg_seed, then prg_subkey (common/base/prg.h)."""
    seed = hashlib.blake2b(b"parley seed" + SEED.encode(), digest_size=32).digest()
    return hashlib.blake2b(side.encode() + index.to_bytes(8, "little"), key=seed, digest_size=32).hexdigest()


def words_of_programs(name):
    bob = start_bob("--once", "--params", name, "--agree-only", "--seed", seed_of("bob", 1))
    alice = start_alice(bob, "--params", name, "--agree-only", "--seed", seed_of("alice", 0))
    alice.wait(0)
    bob.wait(0)
    return alice.event("confirmed")["fingerprint"]


def answers(name):
    """{(what, a, b): object}"""
    text = subprocess.run([INSIDE, SEED, name], capture_output=True, text=True, check=True).stdout
    found = {}
    for line in text.splitlines():
        what, a, b, rest = line.split(" ", 3)
        found[what, int(a), int(b)] = json.loads(rest)
    return found


def as_bits(text):
    return int.from_bytes(bytes.fromhex(text), "little")


def near(found, expected, variance, what):
    """Seven standard deviations: an honest run is farther off less than once in 10^11 times."""
    check(abs(found - expected) <= 7 * variance**0.5 + 1, "%s: %d, expected %.1f" % (what, found, expected))


def check_lpn(name, found):
    about = found["about", 0, 0]
    n, theta, p, h = about["n"], about["theta"], about["p"], as_bits(about["alice"]["h"])
    label_of = lambda picture: bin(as_bits(picture) & h).count("1") & 1
    for kind in ("plain", "composed"):
        size = about[kind]["labels"]
        near(about[kind]["wrong"], theta * size, theta * (1 - theta) * size, "%s, lies among %s labels" % (name, kind))
    equal(about["checked"], about["plain"]["labels"], "labels that are checked, at a small set all")
    equal(about["alice"]["disagreements"], about["plain"]["wrong"], "labels that Alice misses, and lies")
    equal(about["alice"]["right"], about["told"]["agreeing"], "right predictions")
    near(about["eve"]["right"], about["fresh"] / 2, about["fresh"] / 4, "Eve's right predictions")
    pieces = [v for (what, _, _), v in found.items() if what == "piece" and v]
    check(len(pieces) == 20 and found["piece", 2**32 - 1, 0] is None, "pieces that there are none of")
    rows = {}
    for piece in pieces:
        left, label = as_bits(piece["picture"]), piece["label"]
        for row in piece["recipe"]:
            left ^= as_bits(row["picture"])
            label ^= row["label"]
        equal(left, as_bits(piece["left"]), "what is left of picture %d" % piece["j"])
        equal(bin(left).count("1"), piece["dots"], "its dots")
        equal(left, (1 << piece["bit"]) ^ rows.get(piece["j"] - 16, 0), "a row of the code")
        rows[piece["j"]] = left
        equal(label, piece["label_left"], "what is left of its label")
        lies = piece["lie"] + sum(row["lie"] for row in piece["recipe"])
        equal(piece["label_left"] ^ piece["truth"], lies % 2, "an odd number of lies, or an even one")
        equal(bin(left & h).count("1") & 1, piece["truth"], "the code bit")
        for row in [piece, *piece["recipe"], *piece["eve"]["recipe"]]:
            equal(label_of(row["picture"]) ^ row["label"], int(row["lie"]), "a lie")
        check(piece["eve"]["dots"] > n / 8, "Eve's guess at picture %d leaves %d dots" % (piece["j"], piece["eve"]["dots"]))
    rounds, steps = about["told"]["rounds"], about["alice"]["steps"]
    equal(rounds, [[found["belief", 0, s]["wrong"], found["belief", 0, s]["unsettled"]] for s in range(steps)], "beliefs")
    equal(rounds[0][0], about["left"]["wrong"], "code bits that are wrong at first")
    slope = (about["w"] + 1) * (1 - 2 * p) / (1 - 2 * theta)  # they share the errors of plain labels, as in common/task/lpn/learner.c
    share = p * (1 - p) / about["k"] + slope**2 * theta * (1 - theta) / about["m"]
    near(rounds[0][0], p * about["k"], share * about["k"] ** 2, "and how many should be")
    last = found["belief", 0, steps - 1]
    equal([int(t < 0) for t in last["secret"]], [h >> i & 1 for i in range(n)], "what is believed in the end")
    check(found["belief", 1, about["eve"]["steps"] - 1]["wrong"] > 0.4 * about["k"], "Eve's code bits are settled")
    equal([found["belief", 0, steps], found["belief", 2, 0]], [None, None], "beliefs that there are none of")
    right = [0, 0]
    for i in range(100):
        fresh = found["fresh", i, 0]
        equal(label_of(fresh["picture"]), fresh["alice"], "Alice's prediction")
        equal(fresh["alice"] ^ fresh["bob"], int(fresh["lie"]), "Bob's answer")
        right[0] += fresh["alice"] == fresh["bob"]
        right[1] += fresh["eve"] == fresh["bob"]
        equal([fresh["alice_right"], fresh["eve_right"]], right, "how many are right so far")


def check_ring(name, found):
    about, piece = found["about", 0, 0], found["piece", 0, 0]
    n, w_e = about["n"], about["w_e"]
    ring = (1 << n) - 1
    rotated = lambda a, t: (a << t | a >> (n - t)) & ring

    def times(a, sparse):
        product = 0
        for t in sparse:
            product ^= rotated(a, t)
        return product

    places = lambda a: [i for i in range(n) if a >> i & 1]
    weight = lambda a: bin(a).count("1")
    secret = as_bits(about["secret"])
    equal([weight(secret), about["alice"]["h"]], [about["w_s"], about["secret"]], "what Alice finds")
    equal(found["piece", 1, 1], None, "a second composed element")
    plain, picture, z_h, z = (as_bits(piece[k]) for k in ("plain", "picture", "plain_label", "label"))
    for who, what in (("Alice", piece), ("Eve", piece["eve"])):
        left, label = picture ^ times(plain, what["y"]), z ^ times(z_h, what["y"])
        equal([left, weight(left), label, weight(label)], [as_bits(what["left"]), what["dots"], as_bits(what["label_left"]), what["ones"]], who + ": what is left")
    equal(sorted(piece["x"]), places(as_bits(piece["left"])), "the ones of x")
    near(piece["eve"]["dots"], n / 2, n / 4, "what Eve's guess leaves")
    equal(z_h ^ times(plain, places(secret)), as_bits(piece["plain_lies"]), "lies of the plain label")
    equal(z ^ times(picture, places(secret)), as_bits(piece["lies"]), "lies of the composed label")
    equal([weight(as_bits(piece[k])) for k in ("plain_lies", "lies")], [w_e, w_e], "how many lies")
    rounds, steps = about["told"]["rounds"], about["alice"]["steps"]
    last = as_bits(found["belief", 0, steps - 1]["residue"])
    for s in range(steps):
        step = found["belief", 0, s]
        equal(step["iteration"], s, "the turn")
        equal(weight(as_bits(step["residue"]) ^ last), rounds[s][0], "equations that do not fit, by what is left")
        equal(weight(as_bits(step["residue"])), step["misfits"], "equations that do not fit")
    equal(found["belief", 0, 0]["residue"], piece["label_left"], "what bit flipping begins with")
    equal([found["belief", 0, 0]["wrong"], found["belief", 0, steps - 1]["wrong"], last], [about["w_s"] + w_e, 0, as_bits(piece["lies"])], "bits to be found, first and last")
    check(not about["eve"]["accepted"] and found["belief", 1, about["eve"]["steps"] - 1]["wrong"] > about["w_s"] + w_e, "Eve has found something")
    equal([found["belief", 0, steps], found["belief", 2, 0]], [None, None], "beliefs that there are none of")
    right = [0, 0]
    for i in range(100):
        fresh = found["fresh", i, 0]
        equal(times(as_bits(fresh["picture"]), places(secret)) >> fresh["place"] & 1, fresh["alice"], "Alice's prediction")
        equal(fresh["alice"] ^ fresh["bob"], int(fresh["lie"]), "Bob's answer")
        right[0] += fresh["alice"] == fresh["bob"]
        right[1] += fresh["eve"] == fresh["bob"]
        equal([fresh["alice_right"], fresh["eve_right"]], right, "how many are right so far")
    equal(about["alice"]["right"], about["told"]["agreeing"], "right predictions")
    near(about["eve"]["right"], about["fresh"] / 2, about["fresh"] / 4, "Eve's right predictions")


def check_lwe(name, found):
    about, q = found["about", 0, 0], 1 << 16
    n, m, eta, distance, secret = about["n"], about["m"], about["eta"], about["distance"], about["secret"]
    equal([about["alice"]["h"], about["alice"]["accepted"], about["eve"]["accepted"]], [secret, True, False], "what Alice and Eve find")
    row = lambda text: [int.from_bytes(bytes.fromhex(text[4 * i : 4 * i + 4]), "little") for i in range(n)]
    size = lambda x: min(x % q, -x % q)
    dot = lambda a, b: sum(x * y for x, y in zip(a, b))
    pieces = [v for (what, _, _), v in found.items() if what == "piece" and v]
    check(len(pieces) == 20 and found["piece", 2**32 - 1, 0] is None, "pieces that there are none of")
    beliefs = [found["belief", who, 0] for who in range(2)]
    for piece in pieces:
        j = piece["j"]
        equal((piece["label"] - dot(row(piece["picture"]), secret) - piece["error"]) % q, 0, "Bob's error")
        equal(piece["truth"], secret[j], "a number of the secret")
        for who, side in enumerate((piece, piece["eve"])):
            equal([f["n"] for f in side["folds"]][:5], [0, 1, 2, 10, 100], "how many are taken off")
            left, label, last = row(piece["picture"]), piece["label"], side["folds"][-1]
            for t in range(3):
                equal([row(side["folds"][t]["left"]), side["folds"][t]["label"]], [left, label], "what is left of picture %d after %d" % (j, t))
                r = side["recipe"][t]
                left = [(a - r["sign"] * b) % q for a, b in zip(left, row(r["picture"]))]
                label = (label - r["sign"] * r["label"]) % q
            for r in side["recipe"]:
                equal((r["label"] - dot(row(r["picture"]), secret) - r["error"]) % q, 0, "Bob's error")
                check(abs(r["error"]) <= eta, "an error of %d" % r["error"])
            near(last["n"], m / 2, m / 4, "plain pictures in a recipe")
            equal([last["label"], side["level"]], [beliefs[who]["v"][j], beliefs[who]["levels"][j]], "what is left of the label")
            check(size(last["label"] - distance * side["level"]) <= size(last["label"] - distance * max(-2, min(2, side["level"] + 1))), "the nearest mark")
        equal(row(piece["folds"][-1]["left"]), [distance if i == j else 0 for i in range(n)], "what is left of picture %d" % j)
        check(sum(x != 0 for x in row(piece["eve"]["folds"][-1]["left"])) > n / 2, "Eve's guess cancels")
    equal([b["wrong"] for b in beliefs], [0, sum(a != b for a, b in zip(beliefs[1]["levels"], secret))], "numbers that are wrong")
    equal(found["belief", 0, 1], None, "a second belief")
    right = [0, 0]
    for i in range(100):
        fresh = found["fresh", i, 0]
        equal(dot(row(fresh["picture"]), secret) % q, fresh["alice"], "Alice's prediction")
        equal((fresh["bob"] - fresh["alice"] - fresh["error"]) % q, 0, "Bob's error")
        for who, side in enumerate(("alice", "eve")):
            equal(fresh[side + "_off"], size(fresh["bob"] - fresh[side]), "how far off")
            right[who] += fresh[side + "_off"] < q / 4
        equal([fresh["alice_right"], fresh["eve_right"]], right, "how many are right so far")
    equal(about["alice"]["right"], about["told"]["agreeing"], "right predictions")
    near(about["eve"]["right"], about["fresh"] / 2, about["fresh"] / 4, "Eve's right predictions")


def inside_is_the_session():
    for name in SETS:
        found = answers(name)
        equal(found["about", 0, 0]["words"], words_of_programs(name), "the words of " + name)
        {"n": check_lpn, "r": check_ring, "l": check_lwe}[name[0]](name, found)


def browser_says_the_same():
    program = os.path.join(BUILT, "how.wasm")
    if not os.path.exists(program) or not shutil.which("node"):
        print("no how.wasm (see alice/browser/README.md), or no node: not compared with the browser's")
        return
    done = subprocess.run(["node", os.path.join(HERE, "inside.mjs"), os.path.join(TOP, "alice/browser/how"), program, INSIDE, SEED, *SETS],
                          capture_output=True, text=True, check=False)
    print(done.stdout)
    check(done.returncode == 0, done.stderr)


run(inside_is_the_session, browser_says_the_same)
