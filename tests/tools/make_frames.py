#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make_frames.py KIND FILE - captures with what is rare in the wild, the same bytes every time

Conversations of every kind that `sockproof inspect` must count as tshark does, over one link type (KIND: ethernet, vlan,
qinq, sll, sll2, raw, null, loop), as classic pcap; or KIND big-pcapng: a big-endian pcapng of two sections with blocks
nobody knows, interfaces of odd time resolutions and an offset, and simple and obsolete packet blocks.
"""
import random
import struct
import sys

chance = random.Random(42)
SYN, ACK, FIN, RST, PSH = 2, 16, 1, 4, 8


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(src, dst, proto, payload, ident=0, offset=0, more=False, options=b"", total=None):
    length = 20 + len(options) + len(payload) if total is None else total
    head = struct.pack(">BBHHHBBH4s4s", 0x45 + len(options) // 4, 0, length, ident, (more << 13) | offset // 8, 64, proto, 0,
                       bytes(map(int, src.split("."))), bytes(map(int, dst.split(".")))) + options
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def address6(n):
    return bytes.fromhex("20010db8000000000000000000000000")[:15] + bytes([n])


def ipv6(src, dst, proto, payload):
    return struct.pack(">IHBB", 6 << 28, len(payload), proto, 64) + address6(src) + address6(dst) + payload


def tcp(sport, dport, seq, ack, flags, payload=b"", options=b""):
    return struct.pack(">HHIIBBHHH", sport, dport, seq % 2**32, ack % 2**32, (5 + len(options) // 4) << 4, flags, 64000, 0,
                       0) + options + payload


def udp(sport, dport, payload):
    return struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload


def conversation(wrap, a, b, sport, dport, isn=1000, peer=5000, end="closed"):
    """The datagrams of a whole connection; wrap(src, dst, proto, payload) puts IP around."""
    c = lambda *x, **k: wrap(a, b, 6, tcp(sport, dport, *x, **k))
    s = lambda *x, **k: wrap(b, a, 6, tcp(dport, sport, *x, **k))
    out = [c(isn, 0, SYN, options=b"\2\4\5\xb4")]
    if end == "refused":
        return out + [s(0, isn + 1, RST | ACK)]
    out += [s(peer, isn + 1, SYN | ACK, options=b"\2\4\5\xb4"), c(isn + 1, peer + 1, ACK)]
    data = b"x" * 700
    out += [c(isn + 1, peer + 1, PSH | ACK, data), c(isn + 1, peer + 1, PSH | ACK, data), s(peer + 1, isn + 701, ACK)]
    out += [s(peer + 101, isn + 701, PSH | ACK, b"y" * 100), s(peer + 1, isn + 701, PSH | ACK, b"y" * 100)]
    if end == "reset":
        return out + [s(peer + 201, isn + 701, RST | ACK)]
    if end == "closed":
        out += [c(isn + 701, peer + 201, FIN | ACK), s(peer + 201, isn + 702, FIN | ACK), c(isn + 702, peer + 202, ACK)]
    return out


def fragments4(src, dst, proto, payload, ident, size=64):
    return [ipv4(src, dst, proto, payload[o:o + size], ident, o, o + size < len(payload))
            for o in range(0, len(payload), size)]


def fragments6(src, dst, proto, payload, ident, size=64):
    return [ipv6(src, dst, 44, struct.pack(">BBHI", proto, 0, o | (o + size < len(payload)), ident) + payload[o:o + size])
            for o in range(0, len(payload), size)]


def datagrams():
    A, B = "10.0.0.1", "10.0.0.2"
    out = []
    for n, end in enumerate(["closed", "reset", "refused", "open"]):
        out += conversation(ipv4, A, B, 40000 + n, 80, end=end)
        out += conversation(ipv6, 1, 2, 40000 + n, 80, end=end)
    # extension headers: hop by hop, destination options, routing with nothing left
    ext = lambda a, b, p, d: ipv6(a, b, 0, bytes([60, 0, 1, 4, 0, 0, 0, 0]) + bytes([43, 0, 1, 4, 0, 0, 0, 0]) +
                                  bytes([p, 0, 0, 0, 0, 0, 0, 0]) + d)
    out += conversation(ext, 3, 4, 40010, 80)
    # IP options
    out += conversation(lambda a, b, p, d: ipv4(a, b, p, d, options=b"\1\1\1\0"), A, B, 40011, 80)
    # ports used again: another first number after a close, in the middle, the same number, after a lone SYN; and the other
    # side opens
    for isn in (1000, 9000, 9000, 77777):
        out += conversation(ipv4, A, B, 40012, 80, isn=isn, end="closed")
    out += conversation(ipv4, A, B, 40013, 80, isn=1, end="open") + conversation(ipv4, A, B, 40013, 80, isn=2, end="reset")
    out += [ipv4(A, B, 6, tcp(40014, 80, n, 0, SYN)) for n in (5, 5, 6)]
    out += conversation(ipv4, A, B, 40015, 80) + conversation(ipv4, B, A, 80, 40015, isn=31, peer=32)
    # begun before the capture; then a new one; SYN-ACK first; sequence numbers that wrap
    out += conversation(ipv4, A, B, 40016, 80)[3:] + conversation(ipv4, A, B, 40016, 80, isn=4000)
    out += conversation(ipv4, A, B, 40017, 80)[1:]
    out += conversation(ipv4, A, B, 40018, 80, isn=2**32 - 300)
    # both ends the same address; port 0; the same ports
    out += conversation(ipv4, A, A, 40019, 80) + conversation(ipv4, A, B, 0, 80) + conversation(ipv4, A, B, 5, 5)
    # not cut into segments yet: length 0
    out += [ipv4(A, B, 6, tcp(40020, 80, 1, 1, ACK, b"z" * 3000), total=0)]
    # UDP both ways, alone, empty, and refused
    out += [ipv4(A, B, 17, udp(5000, 53, b"q" * 30)), ipv4(B, A, 17, udp(53, 5000, b"a" * 90)), ipv6(1, 2, 17, udp(5001, 9, b""))]
    refused = ipv4(A, B, 17, udp(5002, 9, b"hello"))
    error = struct.pack(">BBHI", 3, 3, 0, 0) + refused
    out += [refused, ipv4(B, A, 1, error[:2] + struct.pack(">H", checksum(error)) + error[4:])]
    # fragments: in order, backwards, shuffled with another datagram of the same ident, twice, one missing, cut headers
    one = fragments4(A, B, 17, udp(6000, 7000, bytes(300)), 1)
    two = fragments4(B, A, 17, udp(7000, 6000, bytes(500)), 1)
    out += one + two[::-1]
    both = fragments4(A, B, 17, udp(6001, 7001, bytes(900)), 2) + fragments4(A, B, 6, tcp(6001, 7001, 1, 1, ACK, bytes(900)), 2)
    chance.shuffle(both)
    out += both + fragments4(A, B, 17, udp(6002, 7002, bytes(300)), 3)[:-1]
    out += fragments4(A, B, 6, tcp(6003, 7003, 1, 1, ACK, bytes(300)), 4, size=8)
    out += fragments6(1, 2, 17, udp(6004, 7004, bytes(300)), 5) + fragments6(1, 2, 17, udp(6005, 7005, bytes(300)), 6)[::-1]
    out += fragments6(1, 2, 6, tcp(6006, 7006, 9, 9, ACK, bytes(33)), 7, size=4096)  # whole in itself
    # no conversation at all
    out += [ipv4(A, B, 47, b"\0" * 20), ipv4(A, B, 6, tcp(1, 2, 3, 4, ACK)[:16]), ipv4(A, B, 17, b"\0\1\0\2")]
    out += [ipv4(A, B, 6, tcp(7, 8, 3, 4, ACK)[:12] + b"\x30\x10" + bytes(6))]  # data offset 3
    return out


LINK = {"ethernet": 1, "vlan": 1, "qinq": 1, "sll": 113, "sll2": 276, "raw": 101, "null": 0, "loop": 108}


def frame(kind, datagram):
    six = datagram[0] >> 4 == 6
    ether = b"\x86\xdd" if six else b"\x08\0"
    macs = b"\2\0\0\0\0\1\2\0\0\0\0\2"
    return {
        "ethernet": macs + ether,
        "vlan": macs + b"\x81\0\0\x07" + ether,
        "qinq": macs + b"\x88\xa8\0\x09\x81\0\0\x07" + ether,
        "sll": struct.pack(">HHH8s", 4, 1, 6, macs[:6]) + ether,
        "sll2": ether + struct.pack(">HIHBB8s", 0, 2, 1, 4, 6, macs[:6]),
        "raw": b"",
        "null": struct.pack("<I", 30 if six else 2),
        "loop": struct.pack(">I", 24 if six else 2),
    }[kind] + datagram


def write_pcap(kind, out):
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, LINK[kind]))
    at = 1700000000 * 10**6
    for d in datagrams():
        f = frame(kind, d)
        at += chance.randrange(-200, 3000)  # now and then backwards
        out.write(struct.pack("<IIII", at // 10**6, at % 10**6, len(f), len(f)) + f)


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack(">II", kind, 12 + len(body)) + body + struct.pack(">I", 12 + len(body))


def option(code, value):
    return struct.pack(">HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def write_big_pcapng(out):
    section = block(0x0A0D0D0A, struct.pack(">IHHq", 0x1A2B3C4D, 1, 0, -1))
    all_of_them = datagrams()
    half = len(all_of_them) // 2
    kinds = [("ethernet", 0x80 | 30, 0), ("raw", 9, 1000), ("sll", 3, 0), ("ethernet", 6, -5)]
    for number, part in enumerate([all_of_them[:half], all_of_them[half:]]):
        out.write(section)
        out.write(block(0x0BAD0001 + number, bytes(70000)))
        for kind, resolution, offset in kinds:
            options = option(9, bytes([resolution])) + option(14, struct.pack(">q", offset)) + option(2, b"odd") + option(0, b"")
            out.write(block(1, struct.pack(">HHI", LINK[kind], 0, 0) + options))
        for n, d in enumerate(part):
            which = n % len(kinds)
            kind, resolution, offset = kinds[which]
            units = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
            ticks = (1700000000 - offset) * units + (n + number * half) * units // 500
            f = frame(kind, d)
            head = struct.pack(">IIII", ticks >> 32, ticks & 0xFFFFFFFF, len(f), len(f))
            padded = f + b"\0" * (-len(f) % 4)
            if n % 7 == 3:
                out.write(block(2, struct.pack(">HH", which, 0) + head + padded))
            else:
                out.write(block(6, struct.pack(">I", which) + head + padded + option(1, b"a comment") + option(0, b"")))
            if n % 50 == 0:
                out.write(block(5, struct.pack(">III", 0, 0, 0)))  # statistics


def main():
    kind, path = sys.argv[1:]
    with open(path, "wb") as out:
        if kind == "big-pcapng":
            write_big_pcapng(out)
        else:
            write_pcap(kind, out)


if __name__ == "__main__":
    main()
