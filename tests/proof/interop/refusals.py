#!/usr/bin/env python3
"""refusals.py: what alice.py asks of Bob's labels and masked labels (proto/WIRE.md, sections 1, 5.2, 5.3 and 6), each
against a Bob in memory who is honest, and against one who is just not. Exit 0: all as it should be; 1: not; 77: no numpy."""

import os
import sys

import alice
from basics import D, Violation, unpack_labels
import lwe
import ring

import numpy as np

SETS = alice.read_params()
ACCEPTED, NOT_LEARNED, REFUSED = "accepted", "not learned", "refused"
SEED = int.from_bytes(os.urandom(4), "little")
RNG = np.random.default_rng(SEED)
failed = 0


def expect(found, expected, what):
    global failed
    if found != expected:
        failed += 1
        print("FAILED: %s: found %s, expected %s" % (what, found, expected))


def refuses(function, *arguments):
    try:
        function(*arguments)
    except Violation:
        return True
    return False


def verdict(samples, labels, secret):
    """What Alice does with the labels. Other secrets than Bob's she must not find."""
    h = samples.learn(labels)
    if h is None:
        return NOT_LEARNED
    expect(np.array_equal(np.sort(h) if samples.params.modulus == 2 else h, secret), True, "the secret is Bob's")
    return REFUSED if refuses(samples.check_bob, labels, h) else ACCEPTED


def ring_labels(samples, places, e_1, e_2):
    z_h, z_sigma = ring.times(samples.h, places), ring.times(samples.sigma, places)
    z_h[e_1] ^= 1
    z_sigma[e_2] ^= 1
    return np.concatenate((z_h, z_sigma)).astype(np.int64)


def check_ring(params):
    samples, weight = params.attempt(os.urandom(32)), params.weight
    for s, e_1, e_2, expected in ((0, 0, 0, ACCEPTED), (1, 0, 0, NOT_LEARNED), (-1, 0, 0, NOT_LEARNED),
                                  (0, 1, 0, NOT_LEARNED), (0, 0, 1, NOT_LEARNED), (0, -1, 0, REFUSED), (0, 0, -1, REFUSED),
                                  (0, -weight, -weight, REFUSED)):
        for _ in range(3):  # the learner may fail
            places = [np.sort(RNG.choice(params.n, weight + more, replace=False)) for more in (s, e_1, e_2)]
            found = verdict(samples, ring_labels(samples, *places), places[0])
            if found == expected:
                break
            samples = params.attempt(os.urandom(32))
        expect(found, expected, "%s, weights of s, e_1 and e_2 %+d, %+d and %+d" % (params.name, s, e_1, e_2))
    return np.sort(RNG.choice(params.n, weight, replace=False)), (RNG.random(params.L) < weight / params.n).astype(np.int64)


def cbd(a, count):
    return RNG.binomial(2 * a, 0.5, count) - a


def check_lwe(params):
    samples, m, eta = params.attempt(os.urandom(32)), params.m, params.eta
    secret = cbd(2, params.n)
    secret[0] = RNG.choice((-1, 1))  # an honest Bob draws again until one is odd

    def products(s):
        return np.concatenate((lwe.times(np.hstack(samples.blocks), s), lwe.times(samples.composed, s))).astype(np.int64)

    right = products(secret)

    def labels(noise):
        return right + noise & 0xFFFF

    noise = cbd(eta, m + params.n)
    expect(verdict(samples, labels(noise), secret), ACCEPTED, params.name)
    for place in (0, 511, m - 1):
        for sign in (-1, 1):
            for size, expected in ((eta, ACCEPTED), (eta + 1, NOT_LEARNED)):
                spoiled = noise.copy()
                spoiled[place] = sign * size
                expect(verdict(samples, labels(spoiled), secret), expected,
                       "%s, noise %+d at %d" % (params.name, sign * size, place))
    # Noise whose sum is just the limit, or one less.
    for first, count, limit in ((0, m, params.least_plain), (m, params.n, params.least_composed)):
        for total, expected in ((limit, ACCEPTED), (limit - 1, REFUSED)):
            little = noise.copy()
            little[first:first + count] = total // count
            little[first:first + total % count] += 1
            little[first:first + count] *= RNG.choice((-1, 1), count)
            expect(verdict(samples, labels(little), secret), expected, "%s, noise of %d from %d on" % (params.name, total, first))
    # Secrets that no honest Bob has, and one that is just none of these.
    even = RNG.choice((-2, 0, 2), params.n)
    odd = even.copy()
    odd[-1] = -1
    for s, expected in ((np.zeros_like(even), REFUSED), (even, REFUSED), (odd, ACCEPTED)):
        expect(verdict(samples, products(s) + noise & 0xFFFF, s), expected, "%s, a secret with %d odd entries" % (params.name, (s % 2).sum()))
    return secret, cbd(eta, params.L)


def check_masked(params, secret, noise):
    """An honest B3, then ones whose noise is just the limit or one less."""
    seed, d = os.urandom(32), RNG.integers(0, 2, D)
    right = params.predict(seed, secret) + np.repeat(d, params.N) * (params.modulus // 2)
    little = np.zeros(params.L, dtype=np.int64)
    each = params.least_masked // D
    little[::params.N] = each
    little[::params.N][:params.least_masked - each * D] += 1
    less = little.copy()
    less[0] -= 1
    expect(params.N == 1 or little.max() == 1, True, "one noise bit in a distillate bit at most, " + params.name)
    for what, e, expected in (("honest", noise, False), ("the least", little, False), ("too little", less, True)):
        results = (right + e) % params.modulus - params.predict(seed, secret)
        expect(refuses(alice.unmask, params, results), expected, "%s, %s noise in the masked labels is refused" % (params.name, what))
        if not expected:
            expect(np.array_equal(alice.unmask(params, results), d), True, "%s, the distillate with %s noise" % (params.name, what))


def check_bytes(params):
    """Lengths, and every unused bit."""
    for count in (params.n_labels, params.L):
        used = count if params.modulus == 2 else 16 * count
        size = (used + 7) // 8
        for length in (size - 2, size - 1, size, size + 1, size + 2):
            expect(refuses(unpack_labels, "labels", params.modulus, bytes(length), count), length != size,
                   "%s, %d bytes for %d are refused" % (params.name, length, size))
        for bit in range(used - 1, 8 * size):
            data = bytearray(size)
            data[bit // 8] |= 1 << bit % 8
            expect(refuses(unpack_labels, "labels", params.modulus, bytes(data), count), bit >= used,
                   "%s, a one in bit %d is refused" % (params.name, bit))


def main():
    print("seed %d" % SEED)
    for name in ("r509", "r1019", "l32", "l96"):
        params = SETS[name]
        check_masked(params, *(check_ring if params.modulus == 2 else check_lwe)(params))
        check_bytes(params)
    print("%d checks failed" % failed)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
