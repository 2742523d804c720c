"""The challenges: each file is one and is what its table says, each published line verifies and no other; a new one is made,
solved and published; what is damaged or no challenge is refused in one line. Needs neither alice nor bob but for the making."""

import hashlib
import json
import os
import random
import re
import subprocess
import sys

import parley
import pcap
from eve import EVE, EXAMPLES, check, eve, inspect, path
from parley import equal, patience, run

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "eve", "challenge")
SEED = int(os.environ.get("PARLEY_TEST_SEED", random.randrange(1 << 32)))


def there(*name):
    return os.path.join(HERE, *name)


def lines(name):
    with open(there(name), encoding="utf-8") as f:
        return f.read().splitlines()


def captures():
    return sorted(name for name in os.listdir(HERE) if name.endswith(".pcap"))


def refused(status, *arguments):
    """In one line on standard error, with nothing on standard output."""
    equal(eve("challenge", *arguments, status=status), "", "standard output")
    equal(eve.said.count("\n"), 1, eve.said)
    return eve.said


def files_are_those_of_the_tables():
    sums = dict(reversed(line.split("  ")) for line in lines("SHA256SUMS"))
    equal(sorted(sums), captures(), "SHA256SUMS")
    rows = {}
    for line in lines("README.md"):
        match = re.match(r"\| `([a-z]\d+)` \| ([\d,]+) \|", line)
        if match:
            rows[match[1]] = (int(match[2].replace(",", "")), [cell.strip() for cell in line.split("|")[4:8]])
    equal(sorted(name + ".pcap" for name in rows), captures(), "the table of README.md")
    for name in captures():
        with open(there(name), "rb") as f:
            data = f.read()
        equal((hashlib.sha256(data).hexdigest(), len(data)), (sums[name], rows[name[:-5]][0]), name)
        check("set %s, session " % name[:-5] in eve("challenge", there(name)), name, "is another set")
    solved = {line.split()[1] for line in lines("records.txt")}
    equal(sorted(name for name, (_, cells) in rows.items() if cells[0]), sorted(solved), "solved, by README.md and records.txt")
    check(all(all(cells) for name, (_, cells) in rows.items() if name in solved), "a record without cost, machine or method")


def records_verify():
    seen = set()
    for line in lines("records.txt"):
        version, name, session, key, secret = line.split()
        check(version == "parley-challenge-1" and session not in seen, line)
        seen.add(session)
        file = there(name + ".pcap")
        check(line in eve("challenge", file, key, "--secret", secret).splitlines(), "not the line to publish:", line)
        check(line.rsplit(" ", 1)[0] in eve("challenge", file, key).splitlines(), "without the secret:", line)
        check(line in eve("challenge", file, "--secret", secret).splitlines(), "by the secret alone:", line)
    check(len(seen) >= 10, "few records", seen)


def nothing_else_verifies():
    print("seed %d" % SEED)
    rng = random.Random(SEED)
    records = [line.split() for line in lines("records.txt")]
    for _, name, _, key, secret in records:
        file = there(name + ".pcap")
        other = next(r for r in records if r[1] != name)
        check("No: under this key" in eve("challenge", file, other[3], status=1), name, "takes the key of", other[1])
        equal(eve("challenge", file, other[3], "--secret", secret, status=1).count("parley-challenge"), 0, "key and secret of two")
        wrong = bytearray(bytes.fromhex(secret))
        wrong[rng.randrange(len(wrong) - 1)] ^= 1
        check("No: under this secret" in eve("challenge", file, "--secret", wrong.hex(), status=1), name, wrong.hex())


def a_new_one_is_made_solved_and_published():
    programs = path("programs")
    os.mkdir(programs)
    for program in (parley.ALICE, parley.BOB, EVE):
        os.symlink(os.path.abspath(program), os.path.join(programs, os.path.basename(program)))
    made = subprocess.run([sys.executable, os.path.join(EXAMPLES, "challenge.py"), "n64", path("new.pcap"), programs],
                          capture_output=True, text=True, timeout=patience(120), check=False)
    equal((made.returncode, made.stdout.split(",")[0]), (0, path("new.pcap") + ": set n64"), made.stderr)
    found = json.loads(eve("learn", path("new.pcap"), "--key-out", path("key"), "--budget", 240, "--json", seconds=300))["sessions"][0]
    said = eve("challenge", path("new.pcap"), path("key"))
    check("parley-challenge-1 n64 %s %s" % (found["session"], found["key"]) in said.splitlines(), said)
    check("parley-challenge-1 n64 %s %s %s" % (found["session"], found["key"], found["secret"]) in
          eve("challenge", path("new.pcap"), "--secret", found["secret"]).splitlines(), "by the secret")


def payloads(data):
    """Where the bytes of both directions lie in a tap's file, in order: {port of the sender: places}."""
    places, at = {}, 24
    for _, packet in pcap.read(data):
        at += 16
        ip = 40 if pcap.is_v6(packet) else 20
        body = ip + (packet[ip + 12] >> 4) * 4
        places.setdefault(int.from_bytes(packet[ip:ip + 2], "big"), []).extend(range(at + body, at + len(packet)))
        at += len(packet)
    return places


def not_a_byte_may_change():
    """Of what passed up to B4: it is no challenge any more, or the key that was right is wrong. What was sealed with the
    key is behind that."""
    print("seed %d" % SEED)
    rng = random.Random(SEED)
    with open(there("r509.pcap"), "rb") as f:
        data = f.read()
    key = next(line.split()[3] for line in lines("records.txt") if line.split()[1] == "r509")
    session, places = inspect(there("r509.pcap"))["sessions"][0], payloads(data)
    agreed = []
    for side in ("alice", "bob"):
        about = session[side]
        all_of = places[int(about["address"].rsplit(":", 1)[1])]
        equal(len(all_of), about["bytes"], "bytes of " + side)
        agreed += all_of[:about["bytes"] - about["sealed_bytes"]]
    for place in rng.sample(agreed, 30) + agreed[:8]:
        changed = data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1:]
        with open(path("changed.pcap"), "wb") as f:
            f.write(changed)
        result = subprocess.run([EVE, "challenge", path("changed.pcap"), key], capture_output=True, timeout=patience(60), check=False)
        check(result.returncode in (1, 65), "byte", place, "as", changed[place], "status", result.returncode, result.stderr)


def what_is_none_is_refused():
    check("no capture file" in refused(65, there("README.md")), eve.said)
    check("No such file" in refused(74, path("nothing")), eve.said)
    with open(there("r509.pcap"), "rb") as f:
        data = f.read()
    two = path("two.pcap")
    with open(two, "wb") as f, open(there("r1019.pcap"), "rb") as g:
        f.write(data + g.read()[24:])
    check("2 Parley sessions" in refused(65, two), eve.said)
    with open(path("cut.pcap"), "wb") as f:
        f.write(data[:-400])
    refused(65, path("cut.pcap"))
    file = there("r509.pcap")
    check("hex digits" in refused(65, file, "--secret", "12"), eve.said)
    check("must be 0" in refused(65, file, "--secret", "ff" * 64), eve.said)
    check("base64" in refused(74, file, "AAAA"), eve.said)
    check("base64" in refused(65, file, there("README.md")), eve.said)
    check("no such argument" in refused(64, file, "one", "two"), eve.said)


run(files_are_those_of_the_tables, records_verify, nothing_else_verifies, a_new_one_is_made_solved_and_published,
    not_a_byte_may_change, what_is_none_is_refused)
