#!/usr/bin/env python3
"""Reads what `eve export --format csv` or `--format npz` has written (npz by numpy):

    eve export eve.pcap --format csv --output eve.csv
    samples.py eve.csv                 # how many samples there are
    samples.py eve.csv SECRET          # and the share of labels that a secret misses

SECRET is hex as `eve learn --json` has it. Of a parity, bit j is bit j % 8 of byte j / 8; of a vector modulo 2^16, byte
j is entry j with its sign, and what is predicted is the highest bit of the label.
"""

import csv
import sys


def read(path):
    """A sample at a time: whether it is plain, x as a list of bits or numbers, and its label z."""
    if path.endswith(".npz"):
        import numpy

        data = numpy.load(path)
        for i, (x, z) in enumerate(zip(data["x"], data["z"])):
            if "modulus" not in data.files:
                x = numpy.unpackbits(x, bitorder="little")[: int(data["n"])]
            yield i < data["plain"], x.tolist(), int(z)
        return
    with open(path, newline="", encoding="ascii") as f:
        rows = csv.reader(f)
        header = next(rows, [])
        if header[:1] != ["plain"] or header[-1:] != ["z"]:
            sys.exit("%s: its first line does not name the columns plain, x0, ..., z" % path)
        for plain, *x, z in rows:
            yield plain == "1", [int(value) for value in x], int(z)


def misses(secret, x, z):
    """Whether the label is another than the secret predicts."""
    if len(secret) == len(x):
        entries = [byte - 256 if byte > 127 else byte for byte in secret]
        return (sum(a * s for a, s in zip(x, entries)) ^ z) >> 15 & 1
    if len(secret) != (len(x) + 7) // 8:
        sys.exit("a secret of %d bytes for samples of %d entries" % (len(secret), len(x)))
    return (sum(a * (secret[j // 8] >> j % 8) for j, a in enumerate(x)) ^ z) & 1


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    secret = bytes.fromhex(sys.argv[2]) if len(sys.argv) == 3 else None
    samples = plain_samples = missed = n = 0
    for plain, x, z in read(sys.argv[1]):
        samples += 1
        plain_samples += plain
        n = len(x)
        if secret is not None:
            missed += misses(secret, x, z)
    print("%d samples of %d entries, %d of them plain" % (samples, n, plain_samples))
    if secret is not None and samples:
        print("the secret misses %d labels, a share of %.4f" % (missed, missed / samples))


if __name__ == "__main__":
    main()
