"""An active attacker between real programs. She speaks the wire by tests/proof/interop/alice.py, which was written from
proto/WIRE.md: Between changes frames on their way, FalseBob and false_alice are peers of their own."""

import os
import socket
import struct
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "proof", "interop"))
SYSTEM_PYTHON = "/usr/bin/python3"
try:
    import numpy as np
except ImportError:
    if sys.executable != SYSTEM_PYTHON and os.path.exists(SYSTEM_PYTHON):
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON] + sys.argv)

import alice as wire
import lpn
import parley
from alice import (CHALLENGE, CONFIRM_ALICE, CONFIRM_BOB, H, HELLO, LABELS, LEARNED, NONE, SAMPLES, SEALED, WELCOME,
                   decode, encode)

PREFACE = 0
UP, DOWN = 0, 1  # alice to bob, bob to alice
SETS = wire.read_params()
WORDS = wire.read_words()


def kind_of(frame):
    return PREFACE if frame[:6] == wire.PREFACE_MAGIC else frame[4] >> 3


def read_exactly(s, n):
    data = b""
    while len(data) < n:
        more = s.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def read_frame(s):
    header = read_exactly(s, 4)
    return header + read_exactly(s, struct.unpack(">I", header)[0])


class Cut(Exception):
    """From a hook: both connections are closed."""


class Between:
    """Sits between alices and a bob. hook(link, way, frame) returns the frames that go on instead of this one; a preface
    counts as a frame."""

    def __init__(self, target, hook):
        self.target, self.hook, self.links = target, hook, []
        self.socket, self.address = parley.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self.links.append(Link(self, client, parley.connect(self.target), len(self.links)))


class Link:
    def __init__(self, between, client, server, number):
        self.hook, self.number = between.hook, number
        self.ends = (server, client)  # by way: where it goes
        self.seen = ([], [])
        parley.later(client.close)
        for here, way in ((client, UP), (server, DOWN)):
            here.settimeout(None)
            threading.Thread(target=self._carry, args=(here, way), daemon=True).start()

    def send(self, way, data):
        self.ends[way].sendall(data)

    def cut(self):
        for s in self.ends:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _carry(self, here, way):
        try:
            preface = True
            while True:
                frame = read_exactly(here, 8) if preface else read_frame(here)
                preface = False
                self.seen[way].append(frame)
                for out in self.hook(self, way, frame):
                    self.send(way, out)
        except Cut:
            self.cut()
        except (EOFError, OSError): # what comes the other way still gets through
            try:
                self.ends[way].shutdown(socket.SHUT_WR)
            except OSError:
                pass


class Sealed:
    """Both sealed streams of one end: kinds and bodies instead of boxes."""

    def __init__(self, s, read, out, inn):
        self.socket, self.read, self.out, self.inn = s, read, out, inn

    def send(self, kind, body):
        header, box = self.out.push(bytes([kind]) + body,
                                    wire.Stream.FINAL if kind == wire.KIND_END else wire.Stream.MESSAGE)
        self.socket.sendall(encode(SEALED, header=header, box=box))

    def receive(self):
        values = wire.expect(self.read(), SEALED)
        plain, _ = self.inn.pull(values["header"], values["box"])
        return plain[0], plain[1:]


def relay_chat(here, there, heard, change=lambda text: text):
    """Carries a conversation from one sealed end to another, and hears all of it."""
    while True:
        kind, body = here.receive()
        if kind == wire.KIND_DATA:
            heard.append(body)
            body = change(body)
        there.send(kind, body)
        if kind == wire.KIND_END:
            return


def words_of(t3, r_a, r_b):
    return " ".join(WORDS[f] for f in H(b"parley/2 fingerprint" + t3 + r_a + r_b)[:5])


class FalseBob:
    """Answers one alice as a Bob would, with a secret of his own. identity: what he says that he is; sign(t3): his
    signature."""

    def __init__(self, params, identity=NONE, sign=lambda t3: b"", instead=None):
        """instead(false_bob): what is done with A4 read, alice's words known and B4 not sent; the session ends with it."""
        self.params, self.identity, self.sign, self.instead = params, identity, sign, instead
        self.listener, self.address = parley.listen()
        self.s = np.frombuffer(os.urandom(params.n), dtype=np.uint8) & 1

    def _noise(self, n):
        return np.frombuffer(os.urandom(8 * n), dtype="<u8") < np.uint64(self.params.theta64)

    def _labels(self, key, chunks):
        p = self.params
        plain = lpn.matrix_times(p, key, p.m, self.s)
        composed = np.zeros(p.k, dtype=np.uint8)
        at = 0
        for _, first, width in p.blocks():
            step = 64 * (4096 // (width // 8))
            for row in range(0, p.k, step):
                rows = np.frombuffer(chunks[at], dtype=np.uint8).reshape(-1, width // 8)
                bits = np.unpackbits(rows, axis=1, bitorder="little") & self.s[first:first + width]
                composed[row:row + step] ^= (bits.sum(axis=1) & 1).astype(np.uint8)
                at += 1
        return np.concatenate([plain, composed]) ^ self._noise(p.m + p.k)

    def agree(self):
        self.connection, _ = self.listener.accept()
        parley.later(self.connection.close)
        try:
            return self._agree()
        except (EOFError, OSError, wire.Violation):
            self.connection.close()  # who aborts waits a moment for that
            raise

    def _agree(self):
        p = self.params
        preface = read_exactly(self.connection, 8)
        a, b = [H(preface)], [H(wire.PREFACE)]

        def take(kind):
            frame = read_frame(self.connection)
            a.append(H(frame))
            return wire.expect(frame, kind)

        def send(frame):
            self.connection.sendall(frame)
            b.append(H(frame))

        self.hello = take(HELLO)
        self.connection.sendall(wire.PREFACE)
        r_b = os.urandom(32)
        send(encode(WELCOME, params=self.hello["params"], nonce=os.urandom(32), session=os.urandom(8),
                    identity=self.identity, commitment=H(b"parley/2 commit bob" + r_b)))
        seed = take(SAMPLES)["seed"]
        n_chunks = sum(-(-p.k // (64 * (4096 // (width // 8)))) for _, _, width in p.blocks())
        chunks = [take(SAMPLES)["vectors"] for _ in range(n_chunks)]
        send(encode(LABELS, labels=wire.pack_bits(self._labels(H(b"parley/1 matrix" + seed), chunks))))
        parley.check(take(LEARNED)["learned"], "alice has not learned")
        # B3
        seed, t = os.urandom(32), np.frombuffer(os.urandom(767), dtype=np.uint8) & 1
        d = np.frombuffer(os.urandom(wire.D), dtype=np.uint8) & 1
        masked = np.repeat(d, p.N) ^ lpn.matrix_times(p, H(b"parley/1 challenge" + seed), p.L, self.s)
        send(encode(CHALLENGE, seed=seed, masked=wire.pack_bits(masked ^ self._noise(p.L)),
                    hash=wire.pack_bits(np.append(t, np.uint8(0)))))
        y = np.convolve(t.astype(np.int64), d.astype(np.int64))[511:511 + 256] & 1
        self.t3 = wire.Transcript(None, None)
        self.t3.a, self.t3.b = a, b
        self.t3 = self.t3.t3()
        self.key = H(b"parley/1 session key" + self.t3, wire.pack_bits(y.astype(np.uint8)))
        # A4, B4
        self.confirm = wire.expect(read_frame(self.connection), CONFIRM_ALICE)
        r, sig_a, mac_a = (self.confirm[f] for f in ("r", "signature", "mac"))
        parley.check(mac_a == H(self.t3 + r + sig_a, H(b"parley/1 confirm alice", self.key)), "another key than alice's")
        sig_b = self.sign(self.t3)
        mac_b = H(self.t3 + r + r_b + sig_a + mac_a + sig_b, H(b"parley/1 confirm bob", self.key))
        self.fingerprint = words_of(self.t3, r, r_b)
        if self.instead:
            return self.instead(self)
        self.connection.sendall(encode(CONFIRM_BOB, signature=sig_b, mac=mac_b, r=r_b))
        return Sealed(self.connection, lambda: read_frame(self.connection),
                      wire.Stream(H(b"parley/1 stream bob to alice", self.key)),
                      wire.Stream(H(b"parley/1 stream alice to bob", self.key)))


class Impostor:
    """Somebody else's public key, and what passes for a signature."""

    def __init__(self, public, sign=lambda t3: os.urandom(64)):
        self.public, self.given = public, sign

    def sign(self, label, t3):
        del label
        return self.given(t3)


class Draw(wire.Plain):
    """A session with bob for his words alone: given up before A4, or with on_b4() called as soon as B4 is there."""

    class GivenUp(Exception):
        pass

    def __init__(self, w, give_up=False, on_b4=lambda: None):
        super().__init__(w)
        self.give_up, self.on_b4 = give_up, on_b4

    def send(self, frame):
        if kind_of(frame) == CONFIRM_ALICE and self.give_up:
            raise self.GivenUp
        super().send(frame)

    def receive(self):
        frame = super().receive()
        if kind_of(frame) == CONFIRM_BOB:
            self.on_b4()
        return frame


def false_alice(address, params, identity=None, link=wire.Plain):
    """Agrees with a real bob. (sealed end, agreement)"""
    host, port = parley.split_address(address)
    w = wire.Wire(host, port, 0)
    parley.later(w.close)
    try:
        agreed = wire.agree(link(w), params, None, lambda y, t3: H(b"parley/1 session key" + t3, y),
                            identity=identity)
    except BaseException:
        w.close()
        raise
    return Sealed(w.sock, w.frame, agreed.stream_ab, agreed.stream_ba), agreed


# ---- how to read s without learning: the same unit vector again and again, then majorities

def unit_vectors(params, key, pi, recipes):
    """Chunks of "composed" vectors: row j is the unit vector of column j mod n."""
    del key, pi, recipes
    for _, first, width in params.blocks():
        bits = np.zeros((params.k, width), dtype=np.uint8)
        rows = np.arange(params.k)
        inside = (rows % params.n >= first) & (rows % params.n < first + width)
        bits[rows[inside], rows[inside] % params.n - first] = 1
        packed = np.packbits(bits, axis=1, bitorder="little")
        step = 64 * (4096 // (width // 8))
        for at in range(0, params.k, step):
            yield packed[at:at + step].tobytes()


def read_secret(params, key, pi, recipes, labels):
    """The majority of each unit vector's labels. The few bits without a clear one are tried both ways on plain labels."""
    del pi, recipes
    plain = labels[:params.m]
    votes = labels[params.m:].reshape(params.q, params.n).sum(axis=0)
    s = (2 * votes > params.q).astype(np.uint8)
    doubtful = [i for i in np.argsort(np.abs(2 * votes.astype(int) - params.q))
                if abs(2 * int(votes[i]) - params.q) <= 2][:6]
    for flips in range(1 << len(doubtful)):
        h = s.copy()
        for j, i in enumerate(doubtful):
            h[i] ^= flips >> j & 1
        if int((lpn.matrix_times(params, key, params.m, h) != plain).sum()) <= params.mismatches_max:
            return h
    return None


class UnitVectors:
    """Within it, false_alice asks for labels of unit vectors instead of learning."""

    def __enter__(self):
        self.kept = lpn.chunks, lpn.learn
        lpn.chunks, lpn.learn = unit_vectors, read_secret

    def __exit__(self, *unused):
        lpn.chunks, lpn.learn = self.kept
