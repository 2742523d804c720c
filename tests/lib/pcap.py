"""Captures as other tools would have written them: the packets of a tap's file in other wrappings, orders and formats."""

import struct

RAW, ETHERNET, NULL, COOKED, COOKED2 = 101, 1, 0, 113, 276


def read(data):
    """The packets of a tap's file: (nanoseconds, bytes)."""
    magic, link = struct.unpack("<I", data[:4])[0], struct.unpack("<I", data[20:24])[0]
    assert magic == 0xa1b23c4d and link == RAW, (hex(magic), link)
    at, packets = 24, []
    while at < len(data):
        seconds, nanoseconds, n, _ = struct.unpack("<IIII", data[at:at + 16])
        packets.append((seconds * 10**9 + nanoseconds, data[at + 16:at + 16 + n]))
        at += 16 + n
    return packets


def write(packets, link=RAW, order="<", nano=True, snaplen=262144):
    out = [struct.pack(order + "IHHiIII", 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0, snaplen, link)]
    for when, packet in packets:
        fraction = when % 10**9 // (1 if nano else 1000)
        out.append(struct.pack(order + "IIII", when // 10**9, fraction, min(len(packet), snaplen), len(packet)))
        out.append(packet[:snaplen])
    return b"".join(out)


def write_ng(packets, link=RAW, order="<"):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)

    resolution = struct.pack(order + "HHB3xHH", 9, 1, 9, 0, 0)
    out = [block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)),
           block(1, struct.pack(order + "HHI", link, 0, 0) + resolution)]
    for when, packet in packets:
        out.append(block(6, struct.pack(order + "IIIII", 0, when >> 32, when & 0xffffffff, len(packet), len(packet))
                         + packet))
    return b"".join(out)


def is_v6(packet):
    return packet[0] >> 4 == 6


def ether_type(packet):
    return b"\x86\xdd" if is_v6(packet) else b"\x08\x00"


def wrapped(packets, link, vlan=False):
    def wrap(packet):
        if link == ETHERNET:
            return b"\2\0\0\0\0\1\2\0\0\0\0\2" + (b"\x81\0\0\x2a" if vlan else b"") + ether_type(packet) + packet + (
                bytes(6) if len(packet) < 46 else b"")
        if link == COOKED:
            return b"\0\0\3\4\0\6\0\0\0\0\0\0\0\0" + ether_type(packet) + packet
        if link == COOKED2:
            return ether_type(packet) + b"\0\0\0\0\0\1\3\4\0\6" + bytes(8) + packet
        if link == NULL:
            return (b"\x1e\0\0\0" if is_v6(packet) else b"\2\0\0\0") + packet
        return packet
    return [(when, wrap(packet)) for when, packet in packets]


def headers(packet):
    """Where TCP and the payload begin."""
    tcp = 40 if is_v6(packet) else (packet[0] & 15) * 4
    return tcp, tcp + (packet[tcp + 12] >> 4) * 4


def with_sequence(packet, seq, ack):
    tcp, _ = headers(packet)
    return packet[:tcp + 4] + struct.pack(">II", seq & 0xffffffff, ack & 0xffffffff) + packet[tcp + 12:]


def numbers(packet):
    tcp, _ = headers(packet)
    return struct.unpack(">II", packet[tcp + 4:tcp + 12])


def ports(packet):
    tcp, _ = headers(packet)
    return struct.unpack(">HH", packet[tcp:tcp + 4])


def with_length(packet, payload):
    tcp, data = headers(packet)
    header = packet[:data]
    if is_v6(packet):
        return header[:4] + struct.pack(">H", data - tcp + len(payload)) + header[6:] + payload
    return header[:2] + struct.pack(">H", data + len(payload)) + header[4:] + payload


def cut(packets, size):
    """The same bytes in smaller segments."""
    out = []
    for when, packet in packets:
        _, data = headers(packet)
        payload = packet[data:]
        if len(payload) <= size:
            out.append((when, packet))
            continue
        seq, ack = numbers(packet)
        for at in range(0, len(payload), size):
            out.append((when, with_sequence(with_length(packet, payload[at:at + size]), seq + at, ack)))
    return out


def shifted(packets, client_port, by):
    """Sequence numbers moved, so that they wrap elsewhere."""
    out = []
    for when, packet in packets:
        seq, ack = numbers(packet)
        mine = ports(packet)[0] == client_port
        out.append((when, with_sequence(packet, seq + (by if mine else 2 * by), ack + (2 * by if mine else by))))
    return out
