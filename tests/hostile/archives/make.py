#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Archives that would write, link or swell beyond the folder they are unpacked into: make.py FOLDER SERVER.C CANARY SOLUTION.

Each holds a right server besides. Must happen: each is refused whole, with the name and the reason; 0 of 40. One with a setuid bit is
taken without that bit: 40 of 40.
"""
import io
import os
import sys
import tarfile
import zipfile

folder, source, canary, solution = sys.argv[1:]
with open(source, "rb") as f:
    server = f.read()


def tar(name, *members):
    """members: (path, type, what: a link's target, bytes of a file, or None, mode)"""
    with tarfile.open(os.path.join(folder, name + ".tar"), "w") as archive:
        for path, kind, what, mode in (("server.c", tarfile.REGTYPE, server, 0o644),) + members:
            info = tarfile.TarInfo(path)
            info.type, info.mode = kind, mode
            data = b""
            if kind == tarfile.REGTYPE:
                data = what
                info.size = len(data)
            elif kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                info.linkname = what
            elif kind == tarfile.CHRTYPE:
                info.devmajor, info.devminor = 1, 3
            archive.addfile(info, io.BytesIO(data))


tar("archive-symlink", ("solution.c", tarfile.SYMTYPE, solution, 0o777))
tar("archive-symlink-through", ("out", tarfile.SYMTYPE, canary, 0o777), ("out/archive", tarfile.REGTYPE, b"x", 0o644))
tar("archive-hardlink", ("solution.c", tarfile.LNKTYPE, solution, 0o644))
tar("archive-dotdot", ("a/../../../../../../../../../.." + canary + "/archive", tarfile.REGTYPE, b"x", 0o644))
tar("archive-absolute", (canary + "/archive", tarfile.REGTYPE, b"x", 0o644))
tar("archive-device", ("null", tarfile.CHRTYPE, None, 0o666))
tar("archive-fifo", ("fifo", tarfile.FIFOTYPE, None, 0o666))
tar("archive-setuid", ("helper", tarfile.REGTYPE, b"#!/bin/sh\n", 0o6755))
tar("archive-escapes", ("a\033[2J<b>.c", tarfile.FIFOTYPE, None, 0o666))
tar("archive-many", *((f"f{i}", tarfile.REGTYPE, b"", 0o644) for i in range(20000)))
with zipfile.ZipFile(os.path.join(folder, "archive-bomb.zip"), "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("server.c", server)
    with z.open("zeros.c", "w", force_zip64=True) as f:
        for _ in range(512):
            f.write(bytes(1 << 20))
