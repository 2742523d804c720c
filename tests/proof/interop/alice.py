#!/usr/bin/env python3
"""A second Alice, written from proto/WIRE.md alone.

She shares no line with the C programs: the parameter sets are read out of the document at run time, the messages are
encoded by hand, the learner is a plain belief propagation in numpy. What she agrees on with Bob is therefore a test of
the document as much as of him. "section N" in the comments is a section of proto/WIRE.md.
"""

import argparse
import base64
import ctypes
import hashlib
import json
import math
import os
import re
import socket
import struct
import sys
import time

SKIP = 77
try:
    import numpy as np
except ImportError:
    print("alice.py: skipped: python3-numpy is missing", file=sys.stderr)
    sys.exit(SKIP)
try:
    SODIUM = ctypes.CDLL("libsodium.so.23")
except OSError:
    print("alice.py: skipped: libsodium.so.23 is missing", file=sys.stderr)
    sys.exit(SKIP)
if SODIUM.sodium_init() < 0:
    sys.exit("alice.py: libsodium does not start")

PROTO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "proto")

PREFACE_MAGIC = b"PARLEY"
VERSION = 2
PREFACE = PREFACE_MAGIC + struct.pack(">H", VERSION)
FRAME_MAX = 1048572
BOX_MAX = 1048576 - 64
D = 512  # bits of a distillate
LANES = 16
BLOCK_COLUMNS = 512
ATTEMPTS = 3
TIMEOUT_S = 120

REASONS = {1: "protocol violation", 2: "set not offered", 3: "busy, try later", 4: "timed out", 5: "shutting down",
           6: "not confirmed", 7: "authentication refused", 8: "too many failed attempts", 9: "internal error"}
R_VIOLATION, R_NOT_CONFIRMED, R_REFUSED, R_INTERNAL = 1, 6, 7, 9


class Violation(Exception):
    """Bob broke the protocol; `reason` is what Alice may tell him."""

    def __init__(self, text, reason=R_VIOLATION):
        super().__init__(text)
        self.reason = reason


class Stopped(Exception):
    """The session is over for another cause: Bob aborted, the connection broke, the learner gave up."""

    def __init__(self, text, reason=None):
        super().__init__(text)
        self.reason = reason


class Void(Exception):
    """Bob's end mark crossed the A1 of a re-keying."""


# ---------------------------------------------------------------------------------------------------------------------
# Primitives (section 1)

def H(x, key=b""):
    return hashlib.blake2b(x, digest_size=32, key=key).digest()


def chacha(key, length, first_block=0):
    """Bytes 64 first_block ... of C(key, 0)."""
    out = ctypes.create_string_buffer(max(length, 1))
    zeros = bytes(length)
    SODIUM.crypto_stream_chacha20_xor_ic(out, zeros, ctypes.c_ulonglong(length), struct.pack("<Q", 0),
                                         ctypes.c_uint64(first_block), key)
    return out.raw[:length]


def unpack_bits(data, count):
    """The packed bits of `data`, or None where their number or the unused bits are wrong."""
    if len(data) != (count + 7) // 8:
        return None
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")
    return None if bits[count:].any() else bits[:count]


def pack_bits(bits):
    return np.packbits(bits, bitorder="little").tobytes()


class Stream:
    """One direction of libsodium's secretstream."""

    STATE = 52
    MESSAGE, FINAL = 0, 3

    def __init__(self, key):
        self.key = key
        self.state = None

    def push(self, plain, tag):
        """(header or b"", box)"""
        header = b""
        if self.state is None:
            self.state = ctypes.create_string_buffer(self.STATE)
            head = ctypes.create_string_buffer(24)
            SODIUM.crypto_secretstream_xchacha20poly1305_init_push(self.state, head, self.key)
            header = head.raw
        box = ctypes.create_string_buffer(len(plain) + 17)
        SODIUM.crypto_secretstream_xchacha20poly1305_push(self.state, box, None, plain, ctypes.c_ulonglong(len(plain)),
                                                          None, ctypes.c_ulonglong(0), ctypes.c_ubyte(tag))
        return header, box.raw

    def pull(self, header, box):
        """(plain, tag), or None where it does not verify."""
        if self.state is None:
            self.state = ctypes.create_string_buffer(self.STATE)
            if SODIUM.crypto_secretstream_xchacha20poly1305_init_pull(self.state, header, self.key) != 0:
                return None
        plain = ctypes.create_string_buffer(max(len(box) - 17, 1))
        tag = ctypes.c_ubyte()
        if SODIUM.crypto_secretstream_xchacha20poly1305_pull(self.state, plain, None, ctypes.byref(tag), box,
                                                             ctypes.c_ulonglong(len(box)), None,
                                                             ctypes.c_ulonglong(0)) != 0:
            return None
        return plain.raw[:len(box) - 17], tag.value


assert SODIUM.crypto_secretstream_xchacha20poly1305_statebytes() == Stream.STATE


class Identity:
    """An Ed25519 key pair (section 7) of a seed."""

    def __init__(self, seed):
        public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_seed_keypair(public, secret, seed)
        self.public, self.secret = public.raw, secret.raw

    @staticmethod
    def of_file(path):
        with open(path, encoding="ascii") as f:
            magic, seed, public = f.read().split()
        identity = Identity(base64.b64decode(seed, validate=True))
        if magic != "parley-identity-1" or base64.b64decode(public, validate=True) != identity.public:
            sys.exit("alice.py: %s is no identity file" % path)
        return identity

    def sign(self, label, t3):
        out = ctypes.create_string_buffer(64)
        text = label + t3
        SODIUM.crypto_sign_detached(out, None, text, ctypes.c_ulonglong(len(text)), self.secret)
        return out.raw


def verifies(public, signature, label, t3):
    text = label + t3
    return len(signature) == 64 and SODIUM.crypto_sign_verify_detached(
        signature, text, ctypes.c_ulonglong(len(text)), public) == 0


NONE = b"none"


# ---------------------------------------------------------------------------------------------------------------------
# Parameter sets (section 2), read out of the document

class Params:
    def __init__(self, name, cells):
        self.name = name
        self.n, self.w, self.q, self.N, self.m, self.k = (int(c) for c in cells[:6])
        self.theta64 = int(cells[6], 16)
        self.low, self.share, self.high, self.candidate = (int(c) for c in cells[7:11])
        self.least_plain, self.least_composed, self.least_masked = (int(c) for c in cells[11:14])
        self.theta = self.theta64 / 2.0 ** 64
        self.L = D * self.N
        if (self.m, self.k) != (32 * self.n, self.q * self.n) or self.theta64 != math.isqrt(2 ** 128 // self.n):
            sys.exit("alice.py: the row of %s in WIRE.md contradicts its own formulas" % name)
        # floor((1/4 + theta/2) m) with m = 32 n and theta = n^(-1/2) is exactly this.
        self.mismatches_max = 8 * self.n + math.isqrt(256 * self.n)

    def blocks(self):
        """(number, first column, width) of each column block"""
        for b in range((self.n + BLOCK_COLUMNS - 1) // BLOCK_COLUMNS):
            yield b, b * BLOCK_COLUMNS, min(BLOCK_COLUMNS, self.n - b * BLOCK_COLUMNS)


def read_params():
    sets = {}
    with open(os.path.join(PROTO, "WIRE.md"), encoding="utf-8") as f:
        for line in f:
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if len(cells) == 15 and re.fullmatch(r"n\d+", cells[0]):
                sets[cells[0]] = Params(cells[0], cells[1:])
    if not sets:
        sys.exit("alice.py: no parameter table in WIRE.md")
    return sets


def read_words():
    with open(os.path.join(PROTO, "words.txt"), encoding="ascii") as f:
        words = f.read().split("\n")[:256]
    if len(words) != 256 or not all(words):
        sys.exit("alice.py: words.txt does not hold 256 words")
    return words


# ---------------------------------------------------------------------------------------------------------------------
# Messages (section 3 and parley.proto)

BYTES, VARINT = 2, 0
HELLO, WELCOME, SAMPLES, LABELS, LEARNED, CHALLENGE, CONFIRM_ALICE, CONFIRM_BOB, SEALED, ABORT = range(1, 11)
SCHEMA = {
    HELLO: ("Hello", {1: ("params", BYTES), 2: ("nonce", BYTES), 3: ("identity", BYTES), 4: ("commitment", BYTES)}),
    WELCOME: ("Welcome", {1: ("params", BYTES), 2: ("nonce", BYTES), 3: ("session", BYTES), 4: ("identity", BYTES),
                          5: ("commitment", BYTES)}),
    SAMPLES: ("Samples", {1: ("seed", BYTES), 2: ("index", VARINT), 3: ("vectors", BYTES)}),
    LABELS: ("Labels", {1: ("labels", BYTES)}),
    LEARNED: ("Learned", {1: ("learned", VARINT)}),
    CHALLENGE: ("Challenge", {1: ("seed", BYTES), 2: ("masked", BYTES), 3: ("hash", BYTES)}),
    CONFIRM_ALICE: ("ConfirmAlice", {1: ("r", BYTES), 2: ("signature", BYTES), 3: ("mac", BYTES)}),
    CONFIRM_BOB: ("ConfirmBob", {1: ("signature", BYTES), 2: ("mac", BYTES), 3: ("r", BYTES)}),
    SEALED: ("Sealed", {1: ("header", BYTES), 2: ("box", BYTES)}),
    ABORT: ("Abort", {1: ("reason", VARINT)}),
}


def varint(v):
    out = bytearray()
    while v >= 0x80:
        out.append(v & 0x7F | 0x80)
        v >>= 7
    out.append(v)
    return bytes(out)


def encode(kind, **values):
    """A frame with its header. Fields of the default value are left out, as proto3 does."""
    body = bytearray()
    for number, (name, wire) in SCHEMA[kind][1].items():
        v = values.pop(name, None)
        if not v:
            continue
        body += varint(number << 3 | wire)
        body += varint(int(v)) if wire == VARINT else varint(len(v)) + v
    assert not values
    message = varint(kind << 3 | BYTES) + varint(len(body)) + bytes(body)
    assert len(message) <= FRAME_MAX
    return struct.pack(">I", len(message)) + message


class Reader:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def varint(self):
        v = 0
        for i in range(10):
            if self.at >= len(self.data):
                raise Violation("a varint is cut off")
            byte = self.data[self.at]
            self.at += 1
            v |= (byte & 0x7F) << 7 * i
            if byte < 0x80:
                if v >= 2 ** 64:
                    raise Violation("a varint is over 64 bits")
                return v
        raise Violation("a varint is longer than 10 bytes")

    def bytes(self):
        length = self.varint()
        if length > len(self.data) - self.at:
            raise Violation("a length goes past its message")
        self.at += length
        return self.data[self.at - length:self.at]

    def done(self):
        return self.at == len(self.data)


def decode(frame):
    """(kind, fields) of a frame with its header; absent fields have their default value."""
    r = Reader(frame[4:])
    tag = r.varint()
    kind, wire = tag >> 3, tag & 7
    if kind not in SCHEMA or wire != BYTES:
        raise Violation("a frame holds field %d of wire type %d" % (kind, wire))
    body = Reader(r.bytes())
    if not r.done():
        raise Violation("a frame holds more than one message")
    name, schema = SCHEMA[kind]
    values = {field: 0 if wire == VARINT else b"" for field, wire in schema.values()}
    seen = set()
    while not body.done():
        tag = body.varint()
        number, wire = tag >> 3, tag & 7
        if number not in schema or schema[number][1] != wire:
            raise Violation("%s holds field %d of wire type %d" % (name, number, wire))
        if number in seen:
            raise Violation("%s holds %s twice" % (name, schema[number][0]))
        seen.add(number)
        value = body.varint() if wire == VARINT else body.bytes()
        if wire == VARINT and value >= 2 ** 32:
            raise Violation("%s.%s is over 32 bits" % (name, schema[number][0]))
        values[schema[number][0]] = value
    return kind, values


def expect(frame, kind):
    got, values = decode(frame)
    if got != kind:
        raise Violation("%s came where %s is due" % (SCHEMA[got][0], SCHEMA[kind][0]))
    return values


def need(condition, text, reason=R_VIOLATION):
    if not condition:
        raise Violation(text, reason)


# ---------------------------------------------------------------------------------------------------------------------
# The connection

class Wire:
    def __init__(self, host, port, wait):
        give_up = time.monotonic() + wait
        while True:
            try:
                self.sock = socket.create_connection((host, port), timeout=TIMEOUT_S)
                break
            except ConnectionRefusedError:
                if time.monotonic() >= give_up:
                    raise
                time.sleep(0.05)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = bytearray()
        self.bob_sealed = False  # Bob's first Sealed frame has come: no Abort of his any more
        self.alice_sealed = False

    def write(self, data):
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            # Bob has closed; what he said before, such as an Abort, may still be there to read.
            while True:
                kind, _ = decode(self.frame())
                if kind != ABORT:
                    raise Stopped("Bob closed the connection")

    def read(self, count, what):
        while len(self.pending) < count:
            try:
                data = self.sock.recv(1 << 18)
            except socket.timeout:
                raise Stopped("no %s from Bob in %d s" % (what, TIMEOUT_S))
            except ConnectionResetError:
                data = b""
            if not data:
                raise Stopped("Bob closed the connection where %s is due" % what)
            self.pending += data
        out = bytes(self.pending[:count])
        del self.pending[:count]
        return out

    def frame(self):
        """The next frame with its header. Abort ends here."""
        header = self.read(4, "a frame")
        length = struct.unpack(">I", header)[0]
        need(1 <= length <= FRAME_MAX, "a frame of %d bytes" % length)
        frame = header + self.read(length, "the rest of a frame")
        kind, values = decode(frame)
        if kind == ABORT:
            need(not self.bob_sealed, "Abort after sealed frames have begun")
            code = values["reason"]
            raise Stopped("Bob aborted: %s" % REASONS.get(code, "reason %d" % code))
        return frame

    def prefaces(self, first):
        """Sends the preface with `first` behind it, reads Bob's."""
        self.write(PREFACE + first)
        theirs = self.read(8, "the preface")
        if theirs[:6] != PREFACE_MAGIC:
            raise Stopped("this is not Parley: the magic is wrong")
        version = struct.unpack(">H", theirs[6:])[0]
        if version != VERSION:
            raise Stopped("Bob speaks version %d, this is version %d" % (version, VERSION))
        return theirs

    def abort(self, reason):
        if not self.alice_sealed:
            try:
                self.sock.sendall(encode(ABORT, reason=reason))
            except OSError:
                pass

    def close(self):
        self.sock.close()


class Plain:
    """Frames of the opening: as they are."""

    def __init__(self, wire):
        self.wire = wire
        self.bob_preface = None

    def send(self, frame):
        if self.bob_preface is None:
            self.bob_preface = self.wire.prefaces(frame)
        else:
            self.wire.write(frame)

    def receive(self):
        return self.wire.frame()


class Transcript:
    """The digests of both directions (section 7)."""

    def __init__(self, first_a, first_b):
        self.a = [first_a]
        self.b = [first_b]

    def t3(self):
        return H(b"parley/1 transcript" + H(b"".join(self.a)) + H(b"".join(self.b)))


# ---------------------------------------------------------------------------------------------------------------------
# Samples (section 5)

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
    key = H(b"parley/1 code" + struct.pack("<II", params.n, params.candidate))
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
        mismatches = int((matrix_times(params, key, params.m, h) != plain).sum())
        return mismatches <= params.mismatches_max

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
    need(int((labels[:params.m] != plain).sum()) >= params.least_plain, "the plain labels have too little noise")
    need(int((labels[params.m:] != composed).sum()) >= params.least_composed, "the composed labels have too little noise")


# ---------------------------------------------------------------------------------------------------------------------
# A1 ... B4 (sections 4 to 7), for the opening and for a re-keying

class Agreement:
    pass


def agree(link, params, transcript, derive, session=None, identity=None, peers=()):
    """Runs the steps over `link`. `transcript` is None in the opening: then it begins with the prefaces. `derive` makes
    the key of y and T3. `identity` is ours, `peers` the public keys that are pinned. Returns what was agreed on."""
    opening, bob = transcript is None, None

    def send(frame):
        nonlocal transcript
        link.send(frame)
        if transcript is None:
            transcript = Transcript(H(PREFACE), H(link.bob_preface))
        transcript.a.append(H(frame))

    def receive(kind):
        frame = link.receive()
        values = expect(frame, kind)
        transcript.b.append(H(frame))
        return values

    pi = code_order(params)
    for attempt in range(1, ATTEMPTS + 1):
        # A1, B1
        r = os.urandom(32)
        send(encode(HELLO, params=params.name.encode(), nonce=os.urandom(32),
                    identity=identity.public if identity else NONE, commitment=H(b"parley/2 commit alice" + r)))
        welcome = receive(WELCOME)
        need(re.fullmatch(rb"[a-z0-9]{1,15}", welcome["params"]), "Welcome.params is no name of a set")
        need(welcome["params"] == params.name.encode(), "Welcome names another set than Hello")
        need(len(welcome["nonce"]) == 32, "Welcome.nonce has %d bytes" % len(welcome["nonce"]))
        need(len(welcome["session"]) == 8, "Welcome.session has %d bytes" % len(welcome["session"]))
        need(len(welcome["commitment"]) == 32, "Welcome.commitment has %d bytes" % len(welcome["commitment"]))
        committed = welcome["commitment"]
        his = welcome["identity"]
        need(his == NONE or len(his) == 32, "Welcome.identity is neither a key nor \"none\"")
        need(opening or his == NONE, "an identity in a re-keying")
        need(not peers or his in peers, "Bob is not one of those who are pinned", R_REFUSED)
        need(identity is None or his != identity.public, "Bob presents our own identity", R_REFUSED)
        need(bob in (None, his), "Bob changed his identity", R_REFUSED)
        bob = his
        need(session in (None, welcome["session"]), "Bob changed the session")
        session = welcome["session"]
        # A2, B2
        seed = os.urandom(32)
        key = H(b"parley/1 matrix" + seed)
        recipes = draw_recipes(params)
        send(encode(SAMPLES, seed=seed))
        for index, chunk in enumerate(chunks(params, key, pi, recipes)):
            send(encode(SAMPLES, index=index, vectors=chunk))
        labels = unpack_bits(receive(LABELS)["labels"], params.m + params.k)
        need(labels is not None, "Labels are not m + k packed bits")
        # A3
        h = learn(params, key, pi, recipes, labels)
        if h is not None:
            check_noise(params, key, pi, recipes, labels, h)
        send(encode(LEARNED, learned=h is not None))
        if h is not None:
            break
    else:
        raise Stopped("not learned in %d attempts" % ATTEMPTS)
    # B3
    challenge = receive(CHALLENGE)
    need(len(challenge["seed"]) == 32, "Challenge.seed has %d bytes" % len(challenge["seed"]))
    masked = unpack_bits(challenge["masked"], params.L)
    need(masked is not None, "Challenge.masked is not D N packed bits")
    t = unpack_bits(challenge["hash"], 767)
    need(t is not None, "Challenge.hash is not 767 bits and a zero")
    masked = masked ^ matrix_times(params, H(b"parley/1 challenge" + challenge["seed"]), params.L, h)
    ones = masked.reshape(D, params.N).sum(axis=1)
    need(int(np.minimum(ones, params.N - ones).sum()) >= params.least_masked, "the masked bits have too little noise")
    d = ones * 2 > params.N
    y = np.convolve(t.astype(np.int64), d.astype(np.int64))[511:511 + 256] & 1
    # Keys
    out = Agreement()
    out.session = session
    out.attempts = attempt
    out.t3 = transcript.t3()
    out.key = derive(pack_bits(y.astype(np.uint8)), out.t3)
    out.stream_ab = Stream(H(b"parley/1 stream alice to bob", out.key))
    out.stream_ba = Stream(H(b"parley/1 stream bob to alice", out.key))
    # A4, B4
    sig_a = identity.sign(b"parley/1 sign alice", out.t3) if identity else b""
    mac_a = H(out.t3 + r + sig_a, H(b"parley/1 confirm alice", out.key))
    link.send(encode(CONFIRM_ALICE, r=r, signature=sig_a, mac=mac_a))
    confirm = expect(link.receive(), CONFIRM_BOB)
    sig_b = confirm["signature"]
    need(len(sig_b) in (0, 64), "ConfirmBob.signature has %d bytes" % len(sig_b))
    need(len(confirm["mac"]) == 32, "ConfirmBob.mac has %d bytes" % len(confirm["mac"]))
    need(sig_b == b"" if bob == NONE else verifies(bob, sig_b, b"parley/1 sign bob", out.t3),
         "Bob's signature does not verify", R_NOT_CONFIRMED)
    r_b = confirm["r"]
    need(len(r_b) == 32, "ConfirmBob.r has %d bytes" % len(r_b))
    need(committed == H(b"parley/2 commit bob" + r_b), "Bob opens another number than he committed to", R_NOT_CONFIRMED)
    need(confirm["mac"] == H(out.t3 + r + r_b + sig_a + mac_a + sig_b, H(b"parley/1 confirm bob", out.key)),
         "Bob's mac does not verify", R_NOT_CONFIRMED)
    out.fingerprint = H(b"parley/2 fingerprint" + out.t3 + r + r_b)
    out.bob = bob
    return out


# ---------------------------------------------------------------------------------------------------------------------
# Sealed frames (section 8)

KIND_HELLO, KIND_DATA, KIND_END, KIND_STEP, KIND_SWITCH = range(5)
DATA_MAX = BOX_MAX - 17 - 1


class Chat:
    def __init__(self, wire, agreed):
        self.wire = wire
        self.out, self.inn = agreed.stream_ab, agreed.stream_ba
        self.name = None
        self.said = bytearray()
        self.started = False
        self.bob_ended = False

    def send(self, kind, body=b""):
        self.wire.alice_sealed = True
        header, box = self.out.push(bytes([kind]) + body, Stream.FINAL if kind == KIND_END else Stream.MESSAGE)
        self.wire.write(encode(SEALED, header=header, box=box))

    def receive(self):
        """The next message of Bob's that is not data: (kind, body)."""
        while True:
            need(not self.bob_ended, "a frame after Bob's end mark")
            values = expect(self.wire.frame(), SEALED)
            self.wire.bob_sealed = True
            need(len(values["header"]) == (24 if self.inn.state is None else 0),
                 "a Sealed frame with a header of %d bytes" % len(values["header"]))
            need(18 <= len(values["box"]) <= BOX_MAX, "a box of %d bytes" % len(values["box"]))
            opened = self.inn.pull(values["header"], values["box"])
            need(opened is not None, "a box does not open")
            plain, tag = opened
            kind, body = plain[0], plain[1:]
            need(kind in (KIND_HELLO, KIND_DATA, KIND_END, KIND_STEP), "a sealed message of kind %d" % kind)
            need(tag == (Stream.FINAL if kind == KIND_END else Stream.MESSAGE),
                 "a sealed message of kind %d with tag %d" % (kind, tag))
            need(self.started or kind in (KIND_HELLO, KIND_END), "kind %d as Bob's first message" % kind)
            need(not self.started or kind != KIND_HELLO, "a second hello")
            self.started = True
            if kind == KIND_HELLO:
                need(len(body) <= 64, "a name of %d bytes" % len(body))
                self.name = body
            elif kind == KIND_DATA:
                need(body, "data without a byte")
                self.said += body
                continue
            elif kind == KIND_END:
                need(not body, "an end mark with a body")
                self.bob_ended = True
            return kind, body


class Steps:
    """Frames of a re-keying: the bodies of step messages."""

    def __init__(self, chat):
        self.chat = chat
        self.received = 0

    def send(self, frame):
        self.chat.send(KIND_STEP, frame)

    def receive(self):
        kind, frame = self.chat.receive()
        if kind == KIND_END:
            # Only as long as A1 may still have been on the way.
            need(self.received == 0, "Bob's end mark during a re-keying")
            raise Void()
        need(kind == KIND_STEP, "kind %d where a step is due" % kind)
        need(len(frame) >= 5 and struct.unpack(">I", frame[:4])[0] == len(frame) - 4, "a step that is not one frame")
        need(decode(frame)[0] not in (ABORT, SEALED), "Abort or Sealed as a step")
        self.received += 1
        return frame


# ---------------------------------------------------------------------------------------------------------------------

def key_of(agreed):
    return {"key_hex": agreed.key.hex(), "key_base64": base64.b64encode(agreed.key).decode()}


def session(wire, params, words, args, report):
    say = args.say.encode()
    agreed = agree(Plain(wire), params, None, lambda y, t3: H(b"parley/1 session key" + t3, y),
                   identity=Identity.of_file(args.identity) if args.identity else None,
                   peers=[base64.b64decode(p, validate=True) for p in args.peer.split(",")] if args.peer else ())
    report(bob="none" if agreed.bob == NONE else base64.b64encode(agreed.bob).decode())
    report(session=agreed.session.hex(), params=params.name, attempts=agreed.attempts, **key_of(agreed),
           fingerprint=" ".join(words[f] for f in agreed.fingerprint[:5]), fingerprint_hex=agreed.fingerprint.hex())
    chat = Chat(wire, agreed)
    chat.send(KIND_HELLO, args.name.encode())
    chat.receive()
    report(name=None if chat.name is None else chat.name.decode("utf-8", "backslashreplace"))
    if args.rekey and not chat.bob_ended:
        try:
            new = agree(Steps(chat), params, Transcript(agreed.t3, agreed.t3),
                        lambda y, t3: H(b"parley/1 rekey" + agreed.key + t3, y), agreed.session)
            chat.inn = new.stream_ba
            chat.send(KIND_SWITCH)
            chat.out = new.stream_ab
            report(rekeyed=True, rekey_attempts=new.attempts, **{"new_" + k: v for k, v in key_of(new).items()})
        except Void:
            report(rekeyed=False)
    for at in range(0, len(say), DATA_MAX):
        chat.send(KIND_DATA, say[at:at + DATA_MAX])
    chat.send(KIND_END)
    while not chat.bob_ended:
        kind, _ = chat.receive()
        need(kind == KIND_END, "kind %d outside a re-keying" % kind)
    report(said=chat.said.decode("utf-8", "backslashreplace"))


def main():
    parser = argparse.ArgumentParser(description="An Alice written from proto/WIRE.md alone, for tests.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=24022)
    parser.add_argument("--params", default="n64")
    parser.add_argument("--name", default="second alice", help="the display name, 0 to 64 bytes")
    parser.add_argument("--identity", metavar="FILE", help="prove to be this one")
    parser.add_argument("--peer", metavar="PUBKEY[,...]", help="talk only to one of these")
    parser.add_argument("--say", default="", help="text to send")
    parser.add_argument("--rekey", action="store_true", help="agree on a second key before talking")
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS",
                        help="go on trying to connect for so long while nobody listens")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    args = parser.parse_args()
    sets = read_params()
    if args.params not in sets:
        parser.error("no set %s in WIRE.md" % args.params)
    if len(args.name.encode()) > 64:
        parser.error("the name is longer than 64 bytes")
    words = read_words()

    facts = {}

    def report(**new):
        facts.update(new)
        if not args.json:
            for key, value in new.items():
                shown = value if isinstance(value, str) and value.isprintable() else json.dumps(value)
                print("%s: %s" % (key, shown), flush=True)

    try:
        wire = Wire(args.host, args.port, args.wait)
    except OSError as e:
        sys.exit("alice.py: cannot connect: %s" % e)
    try:
        session(wire, sets[args.params], words, args, report)
    except Violation as e:
        wire.abort(e.reason)
        sys.exit("alice.py: Bob violated the protocol: %s" % e)
    except Stopped as e:
        if e.reason is not None:
            wire.abort(e.reason)
        sys.exit("alice.py: %s" % e)
    except OSError as e:
        sys.exit("alice.py: the connection broke: %s" % e)
    finally:
        wire.close()
    if args.json:
        print(json.dumps(facts))


if __name__ == "__main__":
    main()
