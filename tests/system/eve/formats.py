"""What eve exports in the formats of challenges elsewhere, read by readers that are written from the formats' descriptions:
the secret that she finds solves the instance, and a solution of the instance is a key.

Syndrome decoding: https://decodingchallenge.org (syndrome, goppa, q-c), and the files that are read there: a comment line
before each value, the identity part of H omitted. LWE: https://www.latticechallenge.org/lwe_challenge, and load_lwe_challenge
of G6K: n, m, q, alpha, then b and A in brackets, row by row."""

import json
import math
import os
import re
import shutil

from eve import check, eve, path
from parley import equal, run

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "eve", "challenge")


def there(name):
    return os.path.join(HERE, name + ".pcap")


def found_by_eve(name):
    """The secret, as hex."""
    found = json.loads(eve("learn", there(name), "--budget", 240, "--json", seconds=300))["sessions"][0]
    check(found["secret"], found)
    return found["secret"]


def bits_of(secret, n):
    """Bit j is that of X^j, or of column j."""
    return int.from_bytes(bytes.fromhex(secret), "little") & ((1 << n) - 1)


def samples(name):
    """Rows and labels from the text that eve exports, another path than that of the instance."""
    lines = [line for line in eve("export", there(name)).splitlines() if not line.startswith("#")]
    return [(int(row[::-1], 2), int(label)) for row, label in (line.split(" ") for line in lines)]


# ---- syndrome decoding


def read_instance(name):
    """(title of the matrix, n, w, lines of the matrix, the syndrome as a list); k, where the format has it, is as many lines."""
    text = eve("export", there(name), "--format", "syndrome")
    lines = text.splitlines()
    check(text.endswith("\n") and "" not in lines, "an empty line, or none at the end")
    values, title = {}, None
    for line in lines:
        if line.startswith("# "):
            title = line[2:]
            check(title not in values, "twice:", title)
            values[title] = []
        else:
            values[title].append(line)
    titles = list(values)
    check(titles[:-2] in (["n", "k", "w"], ["n", "w"]) and titles[-1] == "s^transpose", titles)
    for title in titles[:-2] + titles[-1:]:
        equal(len(values[title]), 1, "lines of " + title)
    if "k" in values:
        equal(int(values["k"][0]), len(values[titles[-2]]), "k")
    return titles[-2], int(values["n"][0]), int(values["w"][0]), values[titles[-2]], [int(d) for d in values["s^transpose"][0]]


def syndrome(columns, e):
    """H e, with a column of H and of the result as a number, bit i of which is row i."""
    sum_ = 0
    for column, bit in zip(columns, e):
        sum_ ^= column if bit else 0
    return sum_


def number(digits):
    return sum(int(d) << i for i, d in enumerate(digits))


def information_set(rows):
    """Each that is no sum of those before it."""
    taken, reduced = [], []  # reduced: rows with a highest bit that no other has
    for i, (row, _) in enumerate(rows):
        for one in reduced:
            row = min(row, row ^ one)
        if row:
            reduced.append(row)
            reduced.sort(reverse=True)
            taken.append(i)
    return taken


def solve(rows, right):
    """The s with <rows_i, s> = right_i, of as many independent rows as columns."""
    n = len(rows)
    system = [row | bit << n for row, bit in zip(rows, right)]
    for column in range(n):
        pivot = next(i for i in range(column, n) if system[i] >> column & 1)
        system[column], system[pivot] = system[pivot], system[column]
        system = [r ^ system[column] if i != column and r >> column & 1 else r for i, r in enumerate(system)]
    return sum((system[column] >> n & 1) << column for column in range(n))


def exceeded(n, w):
    """2^40 P(X > w) for n bits of which each is 1 with probability 1/8, exactly: a numerator over 8^n."""
    return sum(math.comb(n, k) * 7 ** (n - k) for k in range(w + 1, n + 1)) << 40


def lpn_as_syndrome_decoding():
    secret = found_by_eve("n64")
    s, rows = bits_of(secret, 64), samples("n64")
    title, n, w, lines, given = read_instance("n64")
    equal(title, "H^transpose (each line corresponds to column of H, the identity part is omitted)", "the matrix")
    equal((n, len(lines), {len(line) for line in lines}, len(given)), (len(rows), 64, {n - 64}, n - 64), "shape")
    columns = [1 << i for i in range(n - 64)] + [number(line) for line in lines]
    noise = [z ^ (x & s).bit_count() & 1 for x, z in rows]
    inside = information_set(rows)
    equal(len(inside), 64, "the information set")
    order = [i for i in range(n) if i not in set(inside)] + inside
    e = [noise[i] for i in order]
    equal(syndrome(columns, e), number(given), "H e")
    check(sum(e) <= w, "weight", sum(e), "of", w)
    check(exceeded(n, w) <= 8 ** n < exceeded(n, w - 1), "w is not the quantile at 2^-40:", w)
    check(syndrome(columns, [1 - e[0]] + e[1:]) != number(given), "another e has the same syndrome")
    # a solution is a key: its last 64 bits clear the labels of the information set
    back = solve([rows[i][0] for i in inside], [rows[i][1] ^ bit for i, bit in zip(inside, e[-64:])])
    check("Yes: " in eve("challenge", there("n64"), "--secret", back.to_bytes(8, "little").hex()), "the solution is no key")


def ring_as_quasi_cyclic():
    secret = found_by_eve("r509")
    title, n, w, lines, given = read_instance("r509")
    check(title.startswith("A vector h of length (0.5 n) which describes the parity-check matrix"), title)
    equal((n, w, len(lines), len(lines[0]), len(given)), (2 * 509, 20, 1, 509, 509), "shape")
    h = number(lines[0])
    full = (1 << 509) - 1
    columns = [1 << i for i in range(509)] + [(h << j | h >> (509 - j)) & full for j in range(509)]
    s = bits_of(secret, 509)
    e1 = number(given) ^ syndrome(columns[509:], [s >> j & 1 for j in range(509)])
    e = [e1 >> i & 1 for i in range(509)] + [s >> j & 1 for j in range(509)]
    equal((syndrome(columns, e), sum(e)), (number(given), w), "H e, and its weight")
    equal((e1.bit_count(), s.bit_count()), (10, 10), "ones of noise and secret")
    turned = e[1:509] + e[:1] + e[510:] + e[509:510]
    check(syndrome(columns, turned) != number(given), "another e has the same syndrome")
    equal(sum(z << i for i, (_, z) in enumerate(samples("r509")[:509])), number(given), "the plain labels")


# ---- LWE


def lwe_as_in_darmstadt():
    if shutil.which("fplll"):
        secret = found_by_eve("l32")
    else:
        with open(os.path.join(HERE, "records.txt"), encoding="ascii") as f:
            secret = next(line.split()[4] for line in f if line.split()[1] == "l32")
    s = [byte - 256 if byte > 127 else byte for byte in bytes.fromhex(secret)]
    lines = eve("export", there("l32"), "--format", "darmstadt").splitlines()
    n, m, q = (int(line) for line in lines[:3])
    alpha = float(lines[3])
    equal((n, m, q, len(s), len(lines)), (32, 581, 65536, 32, 5 + 581), "numbers")
    check(re.fullmatch(r"\[\d+( \d+)*\]", lines[4]), lines[4][:80])
    b = [int(word) for word in lines[4][1:-1].split(" ")]
    check(lines[5].startswith("[[") and lines[-1].endswith("]]"), "brackets around A")
    inner = [lines[5][1:]] + lines[6:-1] + [lines[-1][:-1]]
    check(all(re.fullmatch(r"\[\d+( \d+)*\]", line) for line in inner), "a row of A")
    rows = [[int(word) for word in line[1:-1].split(" ")] for line in inner]
    equal((len(b), len(rows), {len(row) for row in rows}), (m, m, {n}), "shape")
    text = [line for line in eve("export", there("l32")).splitlines() if not line.startswith("#")]
    equal([" ".join(map(str, row + [label])) for row, label in zip(rows, b)], text, "the same samples as text")
    noise = [(label - sum(x * y for x, y in zip(row, s))) % q for row, label in zip(rows, b)]
    noise = [v - q if v >= q // 2 else v for v in noise]
    sigma = alpha * q
    # six standard deviations of the estimate from 581 values, and of the largest of them
    measured = math.sqrt(sum(v * v for v in noise) / m)
    check(abs(measured / sigma - 1) < 6 / math.sqrt(2 * m), "deviation", measured, "instead of", sigma)
    check(max(map(abs, noise)) < 8 * sigma, "noise", max(map(abs, noise)))
    wrong = [s[0] + 1] + s[1:]
    far = [(label - sum(x * y for x, y in zip(row, wrong))) % q for row, label in zip(rows, b)]
    check(max(min(v, q - v) for v in far) > 8 * sigma, "another secret fits as well")


def each_for_its_tasks():
    for name, form in (("l32", "syndrome"), ("n64", "darmstadt"), ("r509", "darmstadt")):
        equal(eve("export", there(name), "--format", form, status=65), "", "standard output")
        check("--format %s is for the tasks" % form in eve.said, eve.said)
    eve("export", there("n64"), "--format", "goppa", status=64)
    check("syndrome or darmstadt, not 'goppa'" in eve.said, eve.said)
    eve("export", there("r509"), "--format", "syndrome", "--output", path("out"))
    with open(path("out"), encoding="ascii") as f:
        equal(f.read(), eve("export", there("r509"), "--format", "syndrome"), "a file, and standard output")


run(lpn_as_syndrome_decoding, ring_as_quasi_cyclic, lwe_as_in_darmstadt, each_for_its_tasks)
