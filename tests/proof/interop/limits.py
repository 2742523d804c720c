#!/usr/bin/env python3
"""limits.py: recomputes the least noise of every set from what proto/WIRE.md says of it (end of section 5.1): the largest
numbers below which an honest count stays with probability 2^-40 at most. Exit 0: all equal; 1: not; 77: no numpy."""

import math
import sys

import alice
from basics import D

import numpy as np

RARE = 2.0 ** -40


def binomial(count, p):
    """The probabilities of 0 ... count."""
    return np.array([math.exp(math.lgamma(count + 1) - math.lgamma(i + 1) - math.lgamma(count - i + 1) +
                              i * math.log(p) + (count - i) * math.log1p(-p)) for i in range(count + 1)])


def folded(probabilities, fold):
    """The probabilities of fold(v), a number from 0 on, of a v from 0 on."""
    return np.bincount([fold(v) for v in range(len(probabilities))], weights=probabilities)


def least(one, count):
    """Of the sum of `count` independent numbers with the probabilities `one`.

    The sum is tilted, so that the rare values are its common ones, and taken as a power of the Fourier transform. What is
    lost by that is 10^-12 of a probability or so.
    """
    values = np.arange(len(one))

    def tilted(slope):
        weights = one * np.exp(-slope * values)
        return weights / weights.sum(), math.log(weights.sum())

    low, high = 0.0, 50.0
    for _ in range(100):  # Chernoff's bound at the tilted mean is about as rare
        slope = (low + high) / 2
        p, scale = tilted(slope)
        rarer = count * (scale + slope * (p @ values)) < math.log(RARE)
        low, high = (low, slope) if rarer else (slope, high)
    p, scale = tilted(slope)
    mean, deviation = count * (p @ values), math.sqrt(count * (p @ values ** 2 - (p @ values) ** 2))
    size = 2 ** math.ceil(math.log2(mean + 40 * deviation + len(one)))
    sums = np.fft.irfft(np.fft.rfft(p, size) ** count, size)
    upto = np.arange(int(mean + 8 * deviation) + 2)
    below = np.cumsum(sums[:len(upto)] * np.exp(count * scale + slope * upto))  # below[c]: of a sum of c at most
    return int(np.argmax(below > RARE))


def limits(params):
    """{column: the limit} of a set."""
    if params.modulus == 2:
        theta = params.theta64 / 2.0 ** 64
        # The N noise bits of a distillate bit count as 0 or as 1, as fewer have it.
        found = {"masked": least(folded(binomial(params.N, theta), lambda v: min(v, params.N - v)), D)}
        if hasattr(params, "least_plain"):  # the weights of the ring's e_1 and e_2 are exact
            bit = np.array([1 - theta, theta])
            found.update(plain=least(bit, params.checked), composed=least(bit, params.kept))
        return found
    size = folded(binomial(2 * params.eta, 0.5), lambda v: abs(v - params.eta))
    return {"plain": least(size, params.m), "composed": least(size, params.n), "masked": least(size, params.L)}


def main():
    wrong = done = 0
    for name, params in alice.read_params().items():
        for column, mine in limits(params).items():
            done += 1
            if mine != getattr(params, "least_" + column):
                wrong += 1
                print("%s: %s is %d in the document, %d by its text" % (name, column, getattr(params, "least_" + column), mine))
    print("%d limits, %d of them wrong" % (done, wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
