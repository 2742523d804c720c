"""LPN: sections 2 and 5.1 of proto/WIRE.md."""

import functools
import math
import os
import random
import sys

import numpy as np

from basics import D, H, chacha, need, pack_bits, u32le

LANES = 16
BLOCK_COLUMNS = 512


class Set:
    """One row of the table."""

    modulus = 2

    def __init__(self, name, cells):
        self.name = name
        self.n, self.w, self.q, self.N, self.m, self.k = (int(c) for c in cells[:6])
        self.theta64 = int(cells[6], 16)
        self.low, self.share, self.high, self.candidate = (int(c) for c in cells[7:11])
        self.least_plain, self.least_composed, self.least_masked = (int(c) for c in cells[11:14])
        self.theta = self.theta64 / 2.0 ** 64
        self.L = D * self.N
        self.n_labels = self.m + self.k
        if (self.m, self.k) != (32 * self.n, self.q * self.n) or self.theta64 != math.isqrt(2 ** 128 // self.n):
            sys.exit("alice.py: the row of %s in WIRE.md contradicts its own formulas" % name)
        self.checked, self.kept = self.m if self.m <= 16384 else 8192, min(self.k, 4096)
        # floor((1/4 + theta/2) S) with theta = n^(-1/2), in integers
        self.mismatches_max = self.checked // 4 + math.isqrt((self.checked // 2) ** 2 // self.n)

    def blocks(self):
        """(number, first column, width) of each column block"""
        for b in range((self.n + BLOCK_COLUMNS - 1) // BLOCK_COLUMNS):
            yield b, b * BLOCK_COLUMNS, min(BLOCK_COLUMNS, self.n - b * BLOCK_COLUMNS)

    @functools.cached_property
    def pi(self):
        return code_order(self)

    def attempt(self, seed):
        return Attempt(self, seed)

    def predict(self, seed, h):
        """What h says of the L challenges."""
        return matrix_times(self, H(b"parley/1 challenge" + seed), self.L, h)


class Attempt:
    """The samples of one A2, and what Alice keeps of them."""

    def __init__(self, params, seed):
        self.params = params
        self.key = H(b"parley/1 matrix" + seed)
        self.recipes = draw_recipes(params)

    def chunks(self):
        return chunks(self.params, self.key, self.params.pi, self.recipes)

    def learn(self, labels):
        """What passes Alice's check, or None."""
        return learn(self.params, self.key, self.params.pi, self.recipes, labels)

    def check_bob(self, labels, h):
        check_noise(self.params, self.key, self.params.pi, self.recipes, labels, h)


# ---------------------------------------------------------------------------------------------------------------------
# Samples

def matrix_blocks(params, key, rows):
    """For each column block: (first column, width, rows x width/64 array of 64-bit words)"""
    for b, first, width in params.blocks():
        data = chacha(key, rows * width // 8, rows * b)
        yield first, width, np.frombuffer(data, dtype="<u8").reshape(rows, width // 64)


def matrix_times(params, key, rows, h):
    """The bits <row, h> of the expanded matrix."""
    acc = np.zeros(rows, dtype=np.uint64)
    for first, width, words in matrix_blocks(params, key, rows):
        mask = np.frombuffer(pack_bits(h[first:first + width]), dtype="<u8")
        acc ^= np.bitwise_xor.reduce(words & mask, axis=1)
    for shift in (32, 16, 8, 4, 2, 1):
        acc ^= acc >> np.uint64(shift)
    return (acc & np.uint64(1)).astype(np.uint8)


def code_order(params):
    """The list pi of the code."""
    pi = []
    for i in range(params.n):
        pi += [i] * (params.low if 32 * i < params.share * params.n else params.high)
    del pi[params.k:]
    if len(pi) != params.k:
        sys.exit("alice.py: the code of %s has %d entries, not k" % (params.name, len(pi)))
    key = H(b"parley/1 code" + u32le(params.n, params.candidate))
    draws = iter(np.frombuffer(chacha(key, 8 * params.k + 4096), dtype="<u4").tolist())
    for i in range(params.k - 1, 0, -1):
        v = next(draws)
        while v < 2 ** 32 % (i + 1):
            v = next(draws)
        o = v % (i + 1)
        pi[i], pi[o] = pi[o], pi[i]
    return np.array(pi)


def draw_recipes(params):
    """k uniform w-element subsets of 0 ... m-1: rows with a repetition are drawn again."""
    def draw(rows):
        v = np.frombuffer(os.urandom(8 * rows * params.w), dtype="<u8")
        return (v % np.uint64(params.m)).astype(np.int64).reshape(rows, params.w)

    recipes = draw(params.k)
    while True:
        ordered = np.sort(recipes, axis=1)
        bad = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
        if not len(bad):
            return recipes
        recipes[bad] = draw(len(bad))


def chunks(params, key, pi, recipes):
    """The chunks of the composed vectors, in order."""
    k = params.k
    for first, width, words in matrix_blocks(params, key, params.m):
        bits = np.zeros((k, width), dtype=np.uint8)
        inside = np.flatnonzero((pi >= first) & (pi < first + width))
        bits[inside, pi[inside] - first] = 1
        sums = np.bitwise_xor.accumulate(bits.reshape(k // LANES, LANES, width), axis=0).reshape(k, width)
        rows = np.packbits(sums, axis=1, bitorder="little").view("<u8").copy()
        for t in range(params.w):
            rows ^= words[recipes[:, t]]
        step = 64 * (4096 // (width // 8))
        for at in range(0, k, step):
            yield rows[at:at + step].tobytes()


# ---------------------------------------------------------------------------------------------------------------------
# Learning
#
# Check j joins bit j of the codeword, the error of composed sample j and the errors of its w plain samples; the sixteen
# running sums tie the bits of the codeword to those of s. Messages about a bit x are biases E[(-1)^x]: through a check
# they multiply, and two opinions a, b on one bit join to (a + b) / (1 + a b).

LIMIT = 1 - 1e-11


def propagate(params, pi, recipes, v, damping, rounds, rng):
    """Yields hard decisions on s, with the reliabilities."""
    k, w, m, n, T = params.k, params.w, params.m, params.n, params.k // LANES
    own = 1 - 2 * params.theta
    prior = 2 * math.atanh(own)
    sign = 1.0 - 2.0 * v
    flat = recipes.ravel()
    to_check = np.full((k, w), own)           # from e_i to check j
    from_check = np.zeros((k, w))             # and back, as log-likelihood ratios
    to_lane = rng.normal(0, 1e-3, k)          # from s[pi[j]] to the running sum
    from_lane = np.zeros(k)                   # and back, as log-likelihood ratios
    lanes_obs = np.empty((T, 2, LANES))
    lanes_bit = np.zeros((T, 2, LANES))
    states = np.empty((T, 2, LANES))
    for _ in range(rounds):
        # What the checks say of the codeword.
        to_check = np.where(np.abs(to_check) < 1e-9, 1e-9, to_check)
        product = sign * own * to_check.prod(axis=1)
        observed = product.reshape(T, LANES)
        # The running sums, forward (0) and backward (1) at once.
        bit = to_lane.reshape(T, LANES)
        lanes_obs[:, 0] = observed
        lanes_obs[:, 1] = observed[::-1]
        lanes_bit[:, 0] = bit
        lanes_bit[1:, 1] = bit[:0:-1]
        state = np.ones((2, LANES))
        for t in range(T):
            state = state * lanes_bit[t]
            obs = lanes_obs[t]
            state = (state + obs) / (1 + state * obs)
            states[t] = state
        forward = np.ones((T, LANES))         # sum before j, all that is left of j
        forward[1:] = states[:-1, 0]
        right = states[::-1, 1]               # sum at j, from j on
        after = np.zeros((T, LANES))          # sum at j, from what is right of j
        after[:-1] = right[1:] * bit[1:]
        new = 2 * np.arctanh(np.clip(forward * right, -LIMIT, LIMIT)).ravel()
        from_lane = damping * from_lane + (1 - damping) * new
        before = forward * bit
        codeword = ((before + after) / (1 + before * after)).ravel()
        # The bits of s.
        total = np.bincount(pi, weights=from_lane, minlength=n)
        to_lane = np.clip(np.tanh((total[pi] - from_lane) / 2), -LIMIT, LIMIT)
        # The plain errors.
        new = 2 * np.arctanh(np.clip((product * codeword)[:, None] / to_check, -LIMIT, LIMIT))
        from_check = damping * from_check + (1 - damping) * new
        errors = prior + np.bincount(flat, weights=from_check.ravel(), minlength=m)
        to_check = np.clip(np.tanh((errors[recipes] - from_check) / 2), -LIMIT, LIMIT)
        yield total


def sample(n, size):
    """A uniform choice of so many of n, which nobody else knows."""
    return np.array(random.SystemRandom().sample(range(n), size))


def learn(params, key, pi, recipes, labels):
    """A vector that passes the check on the plain labels, or None."""
    plain = labels[:params.m]
    v = labels[params.m:] ^ (plain[recipes].sum(axis=1) & 1).astype(np.uint8)
    refused = set()

    def passes(h):
        packed = h.tobytes()
        if packed in refused:
            return False
        refused.add(packed)
        mismatches = int((matrix_times(params, key, params.m, h) != plain)[checked].sum())
        return mismatches <= params.mismatches_max

    checked = sample(params.m, params.checked)
    rng = np.random.default_rng(int.from_bytes(os.urandom(8), "little"))
    for damping, rounds in ((0.0, 80), (0.3, 120), (0.6, 200), (0.8, 300)):
        last = None
        for total in propagate(params, pi, recipes, v, damping, rounds, rng):
            h = (total < 0).astype(np.uint8)
            if last is not None and np.array_equal(h, last):
                if passes(h):
                    return h
                if np.abs(total).min() > 20:
                    break                     # sure, and wrong
            last = h
        if passes(last):
            return last
        # The decision may be wrong in the few bits that it is least sure of.
        if params.n <= 512:
            weak = np.argsort(np.abs(total))[:12]
            for a in range(len(weak)):
                for b in range(a + 1):
                    h = last.copy()
                    h[weak[a]] ^= 1
                    if b < a:
                        h[weak[b]] ^= 1
                    if passes(h):
                        return h
    return None


def check_noise(params, key, pi, recipes, labels, h):
    """Whether Bob has done his duty (section 5)."""
    plain = matrix_times(params, key, params.m, h)
    code = h[pi]
    for lane in range(LANES):
        code[lane::LANES] = np.cumsum(code[lane::LANES]) & 1
    composed = code ^ (plain[recipes].sum(axis=1) & 1).astype(np.uint8)
    noise = (labels[:params.m] != plain)[sample(params.m, params.checked)]
    need(int(noise.sum()) >= params.least_plain, "the plain labels have too little noise")
    noise = (labels[params.m:] != composed)[sample(params.k, params.kept)]
    need(int(noise.sum()) >= params.least_composed, "the composed labels have too little noise")

