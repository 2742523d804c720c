"""Learning with errors: sections 2 and 5.3 of proto/WIRE.md. Numbers modulo 65536 are of numpy's type uint16."""

import os

import numpy as np

from basics import D, H, chacha, need

BLOCK_COLUMNS = 64
SECRETS = range(-2, 3)
GROUP = 5      # rows of A that are combined at once


class Set:
    """One row of the table."""

    modulus = 65536
    distance = modulus // 5

    def __init__(self, name, cells):
        self.name = name
        self.n, self.m, self.eta = (int(c) for c in cells[:3])
        self.least_plain, self.least_composed, self.least_masked = (int(c) for c in cells[3:])
        self.N, self.L = 1, D
        self.n_labels = self.m + self.n

    def key(self, what, seed):
        return H(b"parley/2 %s %s" % (self.name.encode(), what) + seed)

    def matrix(self, what, seed, rows):
        """The column blocks of an expanded matrix."""
        key = self.key(what, seed)
        for first in range(0, self.n, BLOCK_COLUMNS):
            width = min(BLOCK_COLUMNS, self.n - first)
            data = chacha(key, 2 * width * rows, 2 * BLOCK_COLUMNS * rows * (first // BLOCK_COLUMNS) // 64)
            yield np.frombuffer(data, dtype="<u2").reshape(rows, width)

    def attempt(self, seed):
        return Attempt(self, seed)

    def predict(self, seed, h):
        """What h says of the L challenges."""
        return times(np.hstack(list(self.matrix(b"challenge", seed, self.L))), h).astype(np.int64)


def times(matrix, vector):
    return (matrix * vector.astype(np.uint16)).sum(axis=1, dtype=np.uint16)


def size(v):
    """|v|"""
    return np.abs(v.astype(np.int16).astype(np.int64))


def draw_recipes(count, m):
    """count x m entries of CBD(1): a fair bit less another."""
    bits = np.unpackbits(np.frombuffer(os.urandom(2 * count * ((m + 7) // 8)), dtype=np.uint8)).reshape(2, count, -1)
    return bits[0, :, :m].astype(np.int8) - bits[1, :, :m].astype(np.int8)


def combine(recipes, rows):
    """The product of the matrices. All 3^GROUP combinations of a few rows are made once, then looked up."""
    out = np.zeros((len(recipes), rows.shape[1]), dtype=np.uint16)
    for at in range(0, len(rows), GROUP):
        part = rows[at:at + GROUP]
        table = np.zeros((1, rows.shape[1]), dtype=np.uint16)
        for row in part:
            table = np.concatenate((table - row, table, table + row))
        powers = 3 ** np.arange(len(part))
        out += table[(recipes[:, at:at + GROUP] + 1) @ powers]
    return out


class Attempt:
    """The samples of one A2, and what Alice keeps of them."""

    def __init__(self, params, seed):
        self.params = params
        self.blocks = list(params.matrix(b"matrix", seed, params.m))
        self.recipes = draw_recipes(params.n, params.m)
        self.composed = combine(self.recipes, np.hstack(self.blocks))
        self.composed += np.uint16(params.distance) * np.eye(params.n, dtype=np.uint16)

    def chunks(self):
        for first in range(0, self.params.n, BLOCK_COLUMNS):
            yield self.composed[:, first:first + BLOCK_COLUMNS].astype("<u2").tobytes()

    def learn(self, labels):
        """The h that passes Alice's check, or None."""
        p = self.params
        labels = labels.astype(np.uint16)
        v = labels[p.m:] - times(self.recipes.astype(np.uint16), labels[:p.m])
        candidates = np.array(SECRETS)
        gaps = size(v[:, None] - (p.distance * candidates).astype(np.uint16))
        h = candidates[gaps.argmin(axis=1)]
        return h if self.plain_noise(labels, h).max() <= p.eta else None

    def plain_noise(self, labels, h):
        return size(labels[:self.params.m].astype(np.uint16) - times(np.hstack(self.blocks), h))

    def check_bob(self, labels, h):
        composed = size(labels[self.params.m:].astype(np.uint16) - times(self.composed, h))
        need(self.plain_noise(labels, h).sum() >= self.params.least_plain, "the plain labels have too little noise")
        need(composed.sum() >= self.params.least_composed, "the composed labels have too little noise")
        need((h % 2 != 0).any(), "no entry of the secret is odd")
