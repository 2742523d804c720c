#!/usr/bin/env python3
"""Pooled Gauss as a learner of eve, in plain Python:

    eve learn capture.pcap --learner 'exec:python3 gauss.py'

Draws n samples, hopes that their labels have no error, solves for s, and counts how many of all labels the solution
explains. Solves n64 in seconds; n128 would take days. Reads samples as `eve export` writes them from standard input,
prints a candidate in hex (bit j of s is bit j % 8 of byte j / 8) whenever it has a better one, and stops after
PARLEY_DEADLINE seconds. With a number as its argument it draws the same every time.
"""

import os
import random
import sys
import time


def read_samples(lines):
    """n, theta, and the samples: integers whose bit j is x_j and whose bit n is the label."""
    facts, samples = {}, []
    for line in lines:
        if line.startswith("#"):
            name, value = line[1:].split(None, 1)
            facts[name] = value.strip()
        else:
            x, z = line.split()
            samples.append(int(z + x[::-1], 2))
    return int(facts["n"]), float(facts["theta"]), samples


def solve(n, samples):
    """s, such that the first n independent ones of a random order have no error; None if there are too few."""
    mask = (1 << n) - 1
    basis = {}  # lowest bit of a row: the row, reduced by those before it
    while len(basis) < n:
        for _ in range(4 * n):
            row = random.choice(samples)
            while row & mask:
                low = row & -row
                other = basis.get(low)
                if other is None:
                    basis[low] = row
                    break
                row ^= other
            if len(basis) == n:
                break
        else:
            return None
    s = 0
    for low in sorted(basis, reverse=True):  # each row has its pivot and bits above it
        row = basis[low]
        if bin(row & s).count("1") % 2 != row >> n:
            s |= low
    return s


def errors(n, samples, s):
    ones = s | 1 << n
    return sum(bin(x & ones).count("1") & 1 for x in samples)


def main():
    if len(sys.argv) > 1:
        random.seed(int(sys.argv[1]))
    deadline = time.monotonic() + float(os.environ.get("PARLEY_DEADLINE", "60")) - 0.2
    n, theta, samples = read_samples(sys.stdin)
    few, best = samples[:192], len(samples)
    limit = 0.25 + theta / 2  # a true s is wrong on fewer labels, any other parity on more
    while time.monotonic() < deadline:
        s = solve(n, samples)
        if s is None:
            sys.exit("the samples do not determine s")
        if best < len(samples) and errors(n, few, s) > limit * len(few):
            continue
        wrong = errors(n, samples, s)
        if wrong < best:
            best = wrong
            print(s.to_bytes(n // 8, "little").hex(), flush=True)
        if wrong <= limit * len(samples):
            return


if __name__ == "__main__":
    main()
