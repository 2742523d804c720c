"""What alice.py and the learning tasks share: hashing, the stream, packed bits, sets, refusals (proto/WIRE.md, section 1)."""

import ctypes
import hashlib
import os
import struct
import sys

SKIP = 77
SYSTEM_PYTHON = "/usr/bin/python3"
try:
    import numpy as np
except ImportError:
    if sys.executable != SYSTEM_PYTHON and os.path.exists(SYSTEM_PYTHON):  # it may have numpy
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON] + sys.argv)
    print("alice.py: skipped: python3-numpy is missing", file=sys.stderr)
    sys.exit(SKIP)
try:
    SODIUM = ctypes.CDLL("libsodium.so.23")
except OSError:
    print("alice.py: skipped: libsodium.so.23 is missing", file=sys.stderr)
    sys.exit(SKIP)
if SODIUM.sodium_init() < 0:
    sys.exit("alice.py: libsodium does not start")

D = 512  # bits of a distillate
R_VIOLATION = 1


class Violation(Exception):
    """Bob broke the protocol; `reason` is what Alice may tell him."""

    def __init__(self, text, reason=R_VIOLATION):
        super().__init__(text)
        self.reason = reason


def need(condition, text, reason=R_VIOLATION):
    if not condition:
        raise Violation(text, reason)


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


def unpack_labels(what, modulus, data, count):
    """The labels of `data` (section 5), as numbers. `what` names them where they are refused."""
    if modulus == 2:
        labels = unpack_bits(data, count)
        need(labels is not None, "%s: %d bytes are not %d packed bits and zeros" % (what, len(data), count))
    else:
        need(len(data) == 2 * count, "%s: %d bytes are not %d labels of two bytes" % (what, len(data), count))
        labels = np.frombuffer(data, dtype="<u2")
    return labels.astype(np.int64)


def u32le(*values):
    return struct.pack("<%dI" % len(values), *values)
