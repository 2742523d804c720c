#!/usr/bin/env python3
"""A second Alice, written from proto/WIRE.md alone.

She shares no line with the C programs: the parameter sets are read out of the document at run time, the messages are
encoded by hand, the learners (lpn.py, ring.py, lwe.py) are her own, in numpy. What she agrees on with Bob is therefore a test of
the document as much as of him. "section N" in the comments is a section of proto/WIRE.md.
"""

import argparse
import base64
import ctypes
import json
import os
import re
import socket
import struct
import sys
import time

from basics import D, H, R_VIOLATION, SODIUM, Violation, need, pack_bits, unpack_bits, unpack_labels
import lpn
import lwe
import ring

import numpy as np

PROTO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "proto")

PREFACE_MAGIC = b"PARLEY"
VERSION = 2
PREFACE = PREFACE_MAGIC + struct.pack(">H", VERSION)
FRAME_MAX = 1048572
BOX_MAX = 1048576 - 64
ATTEMPTS = 3
TIMEOUT_S = 120

REASONS = {1: "protocol violation", 2: "set not offered", 3: "busy, try later", 4: "timed out", 5: "shutting down",
           6: "not confirmed", 7: "authentication refused", 8: "too many failed attempts", 9: "internal error"}
R_NOT_CONFIRMED, R_REFUSED, R_INTERNAL = 6, 7, 9


class Stopped(Exception):
    """The session is over for another cause: Bob aborted, the connection broke, the learner gave up."""

    def __init__(self, text, reason=None):
        super().__init__(text)
        self.reason = reason


class Void(Exception):
    """Bob's end mark crossed the A1 of a re-keying."""


# ---------------------------------------------------------------------------------------------------------------------
# Streams and signatures (sections 7 and 8)

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

def read_params():
    sets = {}
    with open(os.path.join(PROTO, "WIRE.md"), encoding="utf-8") as f:
        for line in f:
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if re.fullmatch(r"[nrl]\d+", cells[0]):
                task = {"n": lpn.Set, "r": ring.Set, "l": lwe.Set}[cells[0][0]]
                sets[cells[0]] = task(cells[0], cells[1:])
    if {name[0] for name in sets} != set("nrl"):
        sys.exit("alice.py: a table of sets is missing in WIRE.md")
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


# A1 ... B4 (sections 4 to 7), for the opening and for a re-keying

class Agreement:
    pass


def set_bit(chunk, bit):
    return chunk[:bit // 8] + bytes([chunk[bit // 8] | 1 << bit % 8]) + chunk[bit // 8 + 1:]


# What no honest Alice does to a chunk of n bits or, all but the first two, to any other.
SPOILS = {
    "first-unused-bit": lambda chunk, n: set_bit(chunk, n),
    "last-unused-bit": lambda chunk, n: set_bit(chunk, 8 * len(chunk) - 1),
    "byte-short": lambda chunk, n: chunk[:-1],
    "byte-long": lambda chunk, n: chunk + b"\0",
    "two-bytes-short": lambda chunk, n: chunk[:-2],
    "two-bytes-long": lambda chunk, n: chunk + b"\0\0",
    "empty": lambda chunk, n: b"",
}


def hash_bits(t, d):
    """y, packed"""
    y = np.convolve(t.astype(np.int64), d.astype(np.int64))[D - 1:D - 1 + 256] & 1
    return pack_bits(y.astype(np.uint8))


def unmask(params, results):
    """The distillate of what is left of the L masked labels without the predictions."""
    def distances(v):
        v = v % params.modulus
        return np.minimum(v, params.modulus - v).reshape(D, params.N).sum(axis=1)

    zero, one = distances(results), distances(results - params.modulus // 2)
    need(int(np.minimum(zero, one).sum()) >= params.least_masked, "the masked labels have too little noise")
    return one < zero


def agree(link, params, transcript, derive, session=None, identity=None, peers=(), spoil=None):
    """Runs the steps over `link`. `transcript` is None in the opening: then it begins with the prefaces. `derive` makes
    the key of y and T3. `identity` is ours, `peers` the public keys that are pinned. `spoil`, if any, is what a test does
    to the first chunk. Returns what was agreed on."""
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
        samples = params.attempt(seed)
        send(encode(SAMPLES, seed=seed))
        for index, chunk in enumerate(samples.chunks()):
            if spoil and index == 0:
                chunk = spoil(chunk, params.n)
            send(encode(SAMPLES, index=index, vectors=chunk))
        labels = unpack_labels("Labels.labels", params.modulus, receive(LABELS)["labels"], params.n_labels)
        # A3
        h = samples.learn(labels)
        if h is not None:
            samples.check_bob(labels, h)
        send(encode(LEARNED, learned=h is not None))
        if h is not None:
            break
    else:
        raise Stopped("not learned in %d attempts" % ATTEMPTS)
    # B3
    challenge = receive(CHALLENGE)
    need(len(challenge["seed"]) == 32, "Challenge.seed has %d bytes" % len(challenge["seed"]))
    masked = unpack_labels("Challenge.masked", params.modulus, challenge["masked"], params.L)
    t = unpack_bits(challenge["hash"], 767)
    need(t is not None, "Challenge.hash is not 767 bits and a zero")
    d = unmask(params, masked - params.predict(challenge["seed"], h))
    # Keys
    out = Agreement()
    out.session = session
    out.attempts = attempt
    out.t3 = transcript.t3()
    out.key = derive(hash_bits(t, d), out.t3)
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
                   peers=[base64.b64decode(p, validate=True) for p in args.peer.split(",")] if args.peer else (),
                   spoil=SPOILS[args.spoil] if args.spoil else None)
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
    parser.add_argument("--spoil", choices=SPOILS, help="send a first chunk that is wrong, for a Bob that must refuse it")
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
