#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""compare_tshark.py FILE… - do `sockproof inspect` and tshark find the same conversations?

Twice: flow by flow against the frames that tshark gives to each tcp.stream and udp.stream (all digits: first
frame, frames and bytes each way, start, duration), and against `tshark -q -z conv,tcp` (and udp) as it prints them. $SOCKPROOF is the command.
"""
import collections
import csv
import io
import os
import re
import subprocess
import sys


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def ours(path):
    text = run(os.environ["SOCKPROOF"], "inspect", path, "--format", "csv")
    return list(csv.DictReader(io.StringIO(text)))


def ns(text):
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.lstrip("-").partition(".")
    return sign * (int(whole) * 10**9 + int((part + "0" * 9)[:9]))


def sides(row):
    """Both ends in order, with what each sent."""
    ends = [((row[f"{s}_address"], int(row[f"{s}_port"])), int(row[f"{s}_packets"]), int(row[f"{s}_bytes"]))
            for s in ("from", "to")]
    return sorted(ends, key=lambda e: e[0])


def by_frames(path):
    """What tshark says of each frame, added up: {protocol: {stream: …}}. Frames that only quote a segment (ICMP) belong to no
    conversation there, nor do those whose header it could not read to its end."""
    fields = ["ip.src", "ipv6.src", "tcp.srcport", "udp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport", "udp.dstport", "frame.len",
              "frame.time_relative", "frame.number", "tcp.stream", "udp.stream"]
    arguments = [x for f in fields for x in ("-e", f)]
    whole = "(tcp.urgent_pointer and tcp.hdr_len == 20 or tcp.hdr_len > 20 and not _ws.short or udp.length >= 8) and not icmp and not icmpv6"
    text = run("tshark", "-n", "-r", path, "-Y", whole, "-T", "fields", *arguments)
    streams = {"tcp": {}, "udp": {}}
    for line in text.splitlines():
        src4, src6, tsport, usport, dst4, dst6, tdport, udport, length, at, number, tcp, udp = line.split("\t")
        if not tcp and not udp:
            continue
        src, dst = (src4 or src6, int(tsport or usport)), (dst4 or dst6, int(tdport or udport))
        s = streams["tcp" if tcp else "udp"].setdefault(
            int(tcp or udp), {"sent": collections.Counter(), "bytes": collections.Counter(), "at": [], "number": int(number),
                                "ends": sorted([src, dst])})
        s["sent"][src] += 1
        s["bytes"][src] += int(length)
        s["at"].append(ns(at))
    return {p: {n: ([(e, s["sent"][e], s["bytes"][e]) for e in s["ends"]], min(s["at"]), max(s["at"]) - min(s["at"]), s["number"])
                for n, s in of.items()} for p, of in streams.items()}


def size(text):
    return int(text.replace(",", ""))


def by_table(path):
    """tshark -z conv: {protocol: {(frames and bytes each way, start): durations}}; bytes where it prints all digits."""
    rows, protocol = {"tcp": collections.defaultdict(list), "udp": collections.defaultdict(list)}, None
    for line in run("tshark", "-n", "-q", "-r", path, "-z", "conv,tcp", "-z", "conv,udp").splitlines():
        title = re.match(r"(TCP|UDP) Conversations", line)
        protocol = title.group(1).lower() if title else protocol
        found = re.match(r"(\S+):(\d+)\s+<->\s+(\S+):(\d+)\s+(\d+) ([\d,]+) (\w+)\s+(\d+) ([\d,]+) (\w+)\s+(\d+) ([\d,]+) (\w+)"
                         r"\s+(-?[\d.]+)\s+(-?[\d.]+)", line)
        if found:
            g = found.groups()
            a, b = (g[0], int(g[1])), (g[2], int(g[3]))
            # "<-" comes first: what b sent
            sent = [(a, int(g[7]), size(g[8]) if g[9] == "bytes" else None), (b, int(g[4]), size(g[5]) if g[6] == "bytes" else None)]
            rows[protocol][(tuple(sorted(sent, key=lambda e: e[0])), g[13])].append(float(g[14]))
    return rows


def compare(path):
    wrong = []
    rows, frames, tables = ours(path), by_frames(path), by_table(path)
    for protocol in ("tcp", "udp"):
        mine = {int(r["stream"]): (sides(r), ns(r["opened"]), ns(r["duration"]), int(r["first_frame"]))
                for r in rows if r["protocol"] == protocol}
        theirs, table = frames[protocol], tables[protocol]
        for n in sorted(set(mine) | set(theirs)):
            if mine.get(n) != theirs.get(n):
                wrong.append(f"{path}: {protocol}.stream {n}\n    ours   {mine.get(n)}\n    tshark {theirs.get(n)}")
        if sum(map(len, table.values())) != len(mine):
            wrong.append(f"{path}: {len(mine)} {protocol} conversations; tshark -z conv,{protocol} has {sum(map(len, table.values()))}")
        expected = collections.defaultdict(list)
        for sent, start, took, _ in mine.values():
            # bytes above 9,999 are printed as kB
            expected[(tuple((e, p, b if b < 10000 else None) for e, p, b in sent), f"{start / 1e9:.9f}")].append(took / 1e9)
        for row in set(expected) | set(table):
            # printed with four digits, rounded as it likes
            if len(expected[row]) != len(table[row]) or any(
                    abs(x - y) > 0.000051 for x, y in zip(sorted(expected[row]), sorted(table[row]))):
                wrong.append(f"{path}: {row} took {expected[row]}; tshark -z conv,{protocol} has {table[row]}")
        print(f"{path}: {len(mine)} {protocol} conversations")
    return wrong


def main():
    wrong = [w for path in sys.argv[1:] for w in compare(path)]
    print("\n".join(wrong[:40]))
    sys.exit(1 if wrong else 0)


main()
