#!/usr/bin/env python3
"""Alice's side in plain Python: learns a session's secret from samples, captions and labels.

    alice --params n64 --private-events alice.private ...          # a toy set; Eve captures
    eve export eve.pcap --both alice.private --format csv --output both.csv
    learn_both.py both.csv

Put together as its caption y says, a composed sample and its plain ones cancel but for u: the same sum of labels is
<u, s> and the noise of some labels. With numbers u is D at one place, and s is read off. With bits it is a parity of some
bits of s, and wrong rather often: belief propagation puts all of them together. In ring the noise of the plain labels is
few ones as well, and is found along with s.
Prints the secret in hex, as `eve learn --json` has it, or ends with status 1 if it explains too few labels.
"""

import math
import sys

from samples import misses, read

ROUNDS, LARGE = 60, 30.0


def sums(samples, modulus):
    """<u, s> and noise, for each composed sample."""
    return [(sample.z - sum(value * samples[at].z for at, value in sample.y)) % modulus
            for sample in samples if not sample.plain]


def round_off(u, v):
    """u is D at one place: s_j is what v is nearest to, in -2 ... 2."""
    s = [0] * len(v)
    for [(at, d)], value in zip(u, v):
        s[at] = round((value - 65536 * (value > 32767)) / d)
    return bytes(min(2, max(-2, entry)) % 256 for entry in s)


def half_tanh(llr):
    return math.tanh(max(-LARGE, min(LARGE, llr)) / 2)


def llr_of(product):
    product = max(-1 + 1e-13, min(1 - 1e-13, product))
    return math.log((1 + product) / (1 - product))


def both(a, b):
    """The sum of two bits that are 0 with these log-likelihoods."""
    return llr_of(half_tanh(a) * half_tanh(b))


def repeat_accumulate(n, pi, v, reliable):
    """LPN: codeword bit j is bit j - 16 and bit pi[j] of s. Forwards and backwards along 16 lanes, round after round."""
    to_s = [0.0] * len(pi)
    seen = [-reliable if bit else reliable for bit in v]
    for _ in range(ROUNDS):
        total = [0.0] * n
        for j, message in enumerate(to_s):
            total[pi[j]] += message
        of_s = [max(-LARGE, min(LARGE, total[pi[j]] - to_s[j])) for j in range(len(pi))]
        left = [0.0] * len(pi)  # of bit j - 16, from all before
        for j in range(len(pi)):
            left[j] = LARGE if j < 16 else both(left[j - 16], of_s[j - 16]) + seen[j - 16]
        right = [0.0] * len(pi)  # of bit j, from itself and all behind
        for j in reversed(range(len(pi))):
            right[j] = seen[j] + (both(right[j + 16], of_s[j + 16]) if j + 16 < len(pi) else 0)
            to_s[j] = both(left[j], right[j])
    return [message < 0 for message in total]


def sparse(n, rows, v, theta):
    """Ring: each v is the parity of few of n bits, of which a share theta are 1, and with that share it is wrong."""
    prior = math.log(1 / theta - 1)
    messages = [[0.0] * len(row) for row in rows]
    found = None
    for _ in range(ROUNDS):
        total = [prior] * n
        for row, sent in zip(rows, messages):
            for at, message in zip(row, sent):
                total[at] += message
        now = [llr < 0 for llr in total]
        if now == found and any(now):
            break
        found = now
        for e, (row, bit) in enumerate(zip(rows, v)):
            heard = [half_tanh(total[at] - message) for at, message in zip(row, messages[e])]
            before, behind = [half_tanh(-prior if bit else prior)], [1.0]
            for value in heard:
                before.append(before[-1] * value)
            for value in reversed(heard):
                behind.append(behind[-1] * value)
            messages[e] = [llr_of(before[t] * behind[len(row) - 1 - t]) for t in range(len(row))]
    return found


def learn(samples, modulus):
    u = [sample.u for sample in samples if not sample.plain]
    v, n = sums(samples, modulus), len(samples[0].x)
    if modulus > 2:
        return round_off(u, v)
    y = [sample.y for sample in samples if not sample.plain]
    if len(u) > n:  # LPN: rows of the code; each differs from the one 16 above in one bit
        wrong = (1 - (1 - 2 * n ** -0.5) ** (len(y[0]) + 1)) / 2  # of a sum of so many labels
        rows = [{at for at, _ in row} for row in u]
        pi = [(row ^ (rows[j - 16] if j >= 16 else set())).pop() for j, row in enumerate(rows)]
        bits = repeat_accumulate(n, pi, v, math.log((1 - wrong) / wrong))
    else:  # ring: s and the noise of plain labels, whose ones are about as many as a recipe's
        rows = [[at for at, _ in a] + [n + at for at, _ in b] for a, b in zip(u, y)]
        bits = sparse(2 * n, rows, v, len(u[0]) / n)[:n]
    return bytes(sum(bits[8 * i + j] << j for j in range(min(8, n - 8 * i))) for i in range((n + 7) // 8))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    facts, samples = read(sys.argv[1])
    if not samples or samples[-1].y is None:
        sys.exit("%s has no captions: eve export --both writes them" % sys.argv[1])
    secret = learn(samples, facts.get("modulus", 2))
    missed = sum(misses(secret, sample.x, sample.z) for sample in samples) / len(samples)
    print(secret.hex())
    print("misses %.4f of the labels" % missed, file=sys.stderr)
    sys.exit(missed > 0.3)


if __name__ == "__main__":
    main()
