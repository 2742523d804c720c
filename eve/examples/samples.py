#!/usr/bin/env python3
"""Reads what `eve export --format csv` or `--format npz` has written (npz by numpy):

    eve export eve.pcap --format csv --output eve.csv
    samples.py eve.csv                 # how many samples there are
    samples.py eve.csv SECRET          # and the share of labels that a secret misses

With captions (`eve export --both`) it says too whether each composed sample is the sum that its caption says;
learn_both.py learns from them as Alice does.

SECRET is hex as `eve learn --json` has it. Of a parity, bit j is bit j % 8 of byte j / 8; of a vector modulo 2^16, byte
j is entry j with its sign, and what is predicted is the highest bit of the label.
"""

import csv
import sys


class Sample:
    """Whether it is plain, x as a list of bits or numbers, and its label z. With captions, of a composed one: y, the plain
    samples (by number, with what each is multiplied by), and u, the columns, that x is the sum of; else None."""

    def __init__(self, plain, x, z, y=None, u=None):
        self.plain, self.x, self.z, self.y, self.u = plain, x, z, y, u


def read(path):
    """Facts of the file (csv: none but whether x has numbers), and a list of samples."""
    return read_npz(path) if path.endswith(".npz") else read_csv(path)


def read_npz(path):
    import numpy

    data = numpy.load(path)
    facts = {name: data[name][()].item() for name in data.files if data[name].ndim == 0}
    samples = []
    for i, (x, z) in enumerate(zip(data["x"], data["z"])):
        if "modulus" not in facts:
            x = numpy.unpackbits(x, bitorder="little")[: facts["n"]]
        sample = Sample(i < facts["plain"], x.tolist(), int(z))
        if "y_at" in data.files and not sample.plain:
            j = i - facts["plain"]
            sample.y, sample.u = (
                [(int(at), int(value)) for at, value in zip(data[name + "_at"][part], data[name + "_value"][part])]
                for name in "yu" for part in [slice(data[name + "_first"][j], data[name + "_first"][j + 1])])
        samples.append(sample)
    return facts, samples


def pairs(text):
    return [tuple(map(int, pair.split(":"))) for pair in text.split()]


def read_csv(path):
    csv.field_size_limit(1 << 24)
    with open(path, newline="", encoding="ascii") as f:
        rows = csv.reader(f)
        header = next(rows, [])
        both = header[1:3] == ["y", "u"]
        if header[:1] != ["plain"] or header[-1:] != ["z"]:
            sys.exit("%s: its first line does not name the columns plain, x0, ..., z" % path)
        samples = []
        for plain, *rest in rows:
            y, u = map(pairs, rest[:2]) if both and plain == "0" else (None, None)
            *x, z = map(int, rest[2:] if both else rest)
            samples.append(Sample(plain == "1", x, z, y, u))
    return ({"modulus": 65536} if any(sample.z > 1 for sample in samples) else {}), samples


def explains(samples, composed, modulus):
    """Whether the sample is the sum that its caption says."""
    x = list(composed.x)
    for at, value in composed.y:
        for j, other in enumerate(samples[at].x):
            x[j] -= value * other
    for at, value in composed.u:
        x[at] -= value
    return all(value % modulus == 0 for value in x)


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
    facts, samples = read(sys.argv[1])
    n = len(samples[0].x) if samples else 0
    print("%d samples of %d entries, %d of them plain" % (len(samples), n, sum(sample.plain for sample in samples)))
    captioned = [sample for sample in samples if sample.y is not None]
    if captioned:
        right = sum(explains(samples, sample, facts.get("modulus", 2)) for sample in captioned)
        print("captions explain %d of %d composed samples" % (right, len(captioned)))
    if secret is not None and samples:
        missed = sum(misses(secret, sample.x, sample.z) for sample in samples)
        print("the secret misses %d labels, a share of %.4f" % (missed, missed / len(samples)))


if __name__ == "__main__":
    main()
