"""Multiplication in a ring: sections 2 and 5.2 of proto/WIRE.md.

A dense string is an array of n bits, a sparse one the list of the places of its ones.
"""

import secrets
import sys

import numpy as np

from basics import D, H, chacha, need, pack_bits

TRIES = 4  # of the learner, which breaks ties at random


class Set:
    """One row of the table."""

    modulus = 2

    def __init__(self, name, cells):
        self.name = name
        self.n, self.w, self.weight, self.N = (int(c) for c in cells[:4])
        self.theta64, self.least_masked = int(cells[4], 16), int(cells[5])
        self.L = D * self.N
        self.n_labels = 2 * self.n
        if self.theta64 != (self.weight << 64) // self.n:
            sys.exit("alice.py: the row of %s in WIRE.md contradicts its own formula" % name)

    def key(self, what, seed):
        return H(b"parley/2 %s %s" % (self.name.encode(), what) + seed)

    def plain(self, seed):
        """h"""
        return first_bits(chacha(self.key(b"h", seed), (self.n + 7) // 8), self.n)

    def challenge(self, seed, b):
        """x*_b"""
        stride = 64 * -(-self.n // 512)
        return first_bits(chacha(self.key(b"challenge", seed), stride, b * stride // 64), self.n)

    def attempt(self, seed):
        return Attempt(self, seed)

    def predict(self, seed, h):
        """What the secret h says of the L challenges."""
        usable = 8 * ((self.n - 1) // 8)
        products = [times(self.challenge(seed, b), h)[:usable] for b in range(-(-self.L // usable))]
        return np.concatenate(products)[:self.L].astype(np.int64)


def first_bits(data, count):
    return np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")[:count]


def times(dense, sparse):
    """The product modulo X^n - 1 and 2."""
    out = np.zeros_like(dense)
    for place in sparse:
        out ^= np.roll(dense, place)
    return out


def draw(n, weight):
    return secrets.SystemRandom().sample(range(n), weight)


class Attempt:
    """The samples of one A2, and what Alice keeps of them."""

    def __init__(self, params, seed):
        self.params = params
        self.h = params.plain(seed)
        self.x, self.y = draw(params.n, params.w), draw(params.n, params.w)
        self.sigma = times(self.h, self.y)
        self.sigma[self.x] ^= 1

    def chunks(self):
        yield pack_bits(self.sigma)

    def learn(self, labels):
        """The places of the ones of the S that passes Alice's check, or None."""
        z_h = labels[:self.params.n]
        syndrome = times(z_h, self.y) ^ labels[self.params.n:]
        for _ in range(TRIES):
            secret = flip_bits(syndrome, self.x, self.y, 4 * self.params.weight)
            if len(secret) == self.params.weight and max(self.noise(labels, secret)) <= self.params.weight:
                return secret
        return None

    def noise(self, labels, secret):
        """The weights of z_h + h S and of z_sigma + sigma S."""
        n = self.params.n
        return (int((labels[:n] ^ times(self.h, secret)).sum()), int((labels[n:] ^ times(self.sigma, secret)).sum()))

    def check_bob(self, labels, secret):
        need(min(self.noise(labels, secret)) >= self.params.weight, "the labels have too little noise")


def flip_bits(syndrome, x, y, flips):
    """Places of ones in s such that x s + y e_1 is nearly the syndrome, for sparse s and e_1.

    A place of s or e_1 is seen by the w bits of the syndrome where its shift of x or y has ones. One after the other the
    place whose bits are most often one is flipped, as long as that makes the syndrome lighter.
    """
    n, w = len(syndrome), len(x)
    rng = np.random.default_rng(secrets.randbits(64))
    rows = np.array((x, y))
    syndrome = syndrome.copy()
    # count[block, place]: how many of the bits that see the place are one
    count = np.array([sum(np.roll(syndrome, -place) for place in row) for row in rows])
    found = np.zeros((2, n), dtype=bool)
    for _ in range(flips):
        best = count.max()
        if 2 * best <= w:
            break
        block, place = rng.choice(np.argwhere(count == best))
        found[block, place] ^= True
        for bit in (rows[block] + place) % n:
            step = -1 if syndrome[bit] else 1
            syndrome[bit] ^= 1
            for b in (0, 1):
                count[b, (bit - rows[b]) % n] += step
    return np.flatnonzero(found[0]).tolist()
