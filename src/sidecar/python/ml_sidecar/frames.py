"""Frames on a pipe: one byte of kind, four bytes of length (big endian), then the content."""

import json
import os
import struct

JSON = b"J"
BYTES = b"B"

_HEADER = struct.Struct(">cI")
MAX_FRAME = 16 * 1024 * 1024
_TOGETHER = 1 << 16

_ENCODE = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


class ProtocolError(Exception):
    """What came is no frame."""


def read_exactly(fd, size):
    parts = []
    while size > 0:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            raise ProtocolError(f"the pipe ended {size} bytes early")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def read_json(fd):
    kind, size = _HEADER.unpack(read_exactly(fd, _HEADER.size))
    if kind != JSON or size > MAX_FRAME:
        raise ProtocolError(f"a frame of kind {kind!r} and {size} bytes")
    return json.loads(read_exactly(fd, size).decode("utf-8"))


class Writer:
    """Writes frames to a descriptor; large bytes go in several."""

    def __init__(self, fd):
        self._fd = fd

    def json(self, message):
        self._frame(JSON, _ENCODE(message).encode("utf-8"))

    def blob(self, data):
        view = memoryview(data)
        for start in range(0, len(view), MAX_FRAME):
            self._frame(BYTES, view[start : start + MAX_FRAME])

    def _frame(self, kind, content):
        if len(content) > MAX_FRAME:
            raise ProtocolError(f"a frame of {len(content)} bytes")
        self.raw(_HEADER.pack(kind, len(content)), content)

    def raw(self, *parts):
        """Bytes one after another; small ones go out together."""
        if sum(map(len, parts)) <= _TOGETHER:
            parts = (b"".join(parts),)
        for part in parts:
            view = memoryview(part)
            while len(view) > 0:
                view = view[os.write(self._fd, view) :]
