#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make_blocks.py KIND PCAP FILE - the packets of a little-endian pcap of microseconds as a pcapng with more in it

between: blocks of other kinds between the packets, some of which are frames in Wireshark; two-sights: each packet seen by
two interfaces, later by the second, with one packetid and a hop less to live; one-interface: twice by the same, with one
packetid; translated: as two-sights, from other addresses.
"""
import struct
import sys


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def packets(data):
    at = 24
    while at < len(data):
        seconds, micros, size, _ = struct.unpack_from("<IIII", data, at)
        yield seconds * 10**6 + micros, data[at + 16:at + 16 + size]
        at += 16 + size


def packet(interface, when, frame, number):
    options = option(1, b"a comment") + option(5, struct.pack("<Q", number)) + option(0, b"") if number else b""
    head = struct.pack("<IIIII", interface, when >> 32, when & 0xFFFFFFFF, len(frame), len(frame))
    return block(6, head + frame + b"\0" * (-len(frame) % 4) + options)


def changed(frame, hop, source):
    """One hop less to live, or another first byte of the source."""
    six = frame[12:14] == b"\x86\xdd"
    out = bytearray(frame)
    out[14 + (7 if six else 8)] -= hop
    out[14 + (8 if six else 12)] ^= source
    return bytes(out)


BETWEEN = [
    (9, b"__REALTIME_TIMESTAMP=1700000000000000\nMESSAGE=a line\n_TRANSPORT=journal\nSYSLOG_IDENTIFIER=cron\n"),  # systemd's journal
    (0xBAD, struct.pack("<I", 32473) + b"custom"),
    (0x40000BAD, struct.pack("<I", 32473) + b"custom, not to be copied"),
    (0x204, bytes(42)), (0x216, bytes(64)), (0x221, bytes(64)),  # sysdig's
    (4, bytes(4)), (5, bytes(12)), (0x7777, b"nobody knows"), (0x80000001, b"local"), (0x208, bytes(60)),
]


def main():
    kind, source, path = sys.argv[1:]
    with open(source, "rb") as f:
        frames = list(packets(f.read()))
    out, late = [], []
    for n, (when, frame) in enumerate(frames):
        out.append(packet(0, when, frame, n + 1 if kind != "between" else 0))
        if kind == "between":
            out.append(block(*BETWEEN[n % len(BETWEEN)]))
        else:
            seen = changed(frame, 0, 0x40) if kind == "translated" else changed(frame, kind == "two-sights", 0)
            late.append(packet(0 if kind == "one-interface" else 1, when + 5, seen, n + 1))
            if n % 3 == 2:
                out += late
                late = []
    head = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + 2 * block(1, struct.pack("<HHI", 1, 0, 0))
    with open(path, "wb") as f:
        f.write(head + b"".join(out + late))


main()
