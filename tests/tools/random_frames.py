#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""random_frames.py SEED FILE - a capture of segments that no kernel would send, the same for the same seed

Few ends and ports, so that conversations meet: any flags in any order, numbers that step, jump, wrap and come back, both
sides opening, IPv4 and IPv6 with extension headers, options, fragments out of order, VLAN tags, padding, UDP and ICMP errors
between them, a clock that goes back. tests/e2e/inspect-captures.sh gives it to `sockproof inspect` and to tshark.
"""
import random
import struct
import sys

from make_frames import ACK, FIN, PSH, RST, SYN, checksum, fragments4, fragments6, ipv4, ipv6, tcp, udp

FLAGS = [SYN, SYN, SYN, SYN | ACK, SYN | ACK, ACK, ACK, ACK, PSH | ACK, PSH | ACK, FIN | ACK, RST, RST | ACK, 0, SYN | FIN]
ENDS = {4: ("10.0.0.1", "10.0.0.2"), 6: (1, 2)}


class Talk:
    """What two ends say: the numbers they are at, and those they came from."""

    def __init__(self, chance, version, port):
        self.chance, self.version, self.ports = chance, version, (port, 80)
        self.at = [chance.randrange(2**32) for _ in range(2)]
        self.before = list(self.at)

    def segment(self):
        c = self.chance
        me, flags = c.randrange(2), c.choice(FLAGS)
        if c.random() < 0.2:
            self.at[me], self.before[me] = c.choice([self.before[me], self.at[me] - 1, self.at[me] + 1, c.randrange(2**32)]), self.at[me]
        data = b"x" * c.choice([0, 0, 1, 10, 500]) if not flags & SYN or c.random() < 0.1 else b""
        options = c.choice([b"", b"", b"\2\4\5\xb4", b"\1" * 12])
        out = me, 6, tcp(self.ports[me], self.ports[1 - me], self.at[me], self.at[1 - me], flags, data, options)
        if c.random() < 0.9:
            self.at[me] += len(data) + bool(flags & SYN) + bool(flags & FIN)
        return out

    def datagram(self):
        me = self.chance.randrange(2)
        return me, 17, udp(self.ports[me], self.ports[1 - me], b"y" * self.chance.choice([0, 1, 300]))

    def frames(self, ident):
        """The datagrams of one thing said."""
        c = self.chance
        me, proto, data = self.segment() if c.random() < 0.88 else self.datagram()
        a, b = ENDS[self.version][me], ENDS[self.version][1 - me]
        if c.random() < 0.08 and len(data) > 64:
            pieces = (fragments4 if self.version == 4 else fragments6)(a, b, proto, data, ident, c.choice([24, 64, 200]))
            c.shuffle(pieces)
            return pieces
        if self.version == 4:
            whole = ipv4(a, b, proto, data, ident, options=c.choice([b"", b"", b"\1\1\1\0"]))
            if c.random() < 0.05:
                error = struct.pack(">BBHI", 3, 3, 0, 0) + whole[:64]
                return [whole, ipv4(b, a, 1, error[:2] + struct.pack(">H", checksum(error)) + error[4:])]
            return [whole]
        for header in c.choice([(), (), (0,), (60,), (0, 60)])[::-1]:
            data, proto = bytes([proto, 0, 1, 4, 0, 0, 0, 0]) + data, header
        return [ipv6(a, b, proto, data)]


def main():
    chance = random.Random(int(sys.argv[1]))
    talks = [Talk(chance, version, port) for version in (4, 6) for port in (1000, 1001)]
    at = 1700000000 * 10**6
    with open(sys.argv[2], "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for ident in range(1, 400):
            tags = b"\x81\0\0\5" * chance.choice([0, 0, 0, 1, 2])
            for d in chance.choice(talks).frames(ident):
                f = b"\2\0\0\0\0\1\2\0\0\0\0\2" + tags + (b"\x86\xdd" if d[0] >> 4 == 6 else b"\x08\0") + d
                if chance.random() < 0.2:
                    f = f.ljust(60, b"\0")
                at += chance.choice([0, 10, 1000, -300, 500000, 30000000])
                out.write(struct.pack("<IIII", at // 10**6, at % 10**6, len(f), len(f)) + f)


main()
