"""Frames on a pipe: one byte of kind, four bytes of length (big endian), then the content."""

import json
import os
import struct

JSON = b"J"
BYTES = b"B"

_HEADER = struct.Struct(">cI")
MAX_FRAME = 16 * 1024 * 1024

# Made once: the functions of the module make one for every message.
_ENCODE = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
_DECODE = json.JSONDecoder().decode


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


class Reader:
    """Reads frames one after another from a descriptor, with few calls of the system."""

    def __init__(self, fd):
        self._fd = fd
        self._left = b""

    def json(self):
        """The next message, or None at the end of the input."""
        header = self._take(_HEADER.size, may_end=True)
        if header is None:
            return None
        kind, size = _HEADER.unpack(header)
        if kind != JSON or size > MAX_FRAME:
            raise ProtocolError(f"a frame of kind {kind!r} and {size} bytes")
        return _DECODE(self._take(size).decode("utf-8"))

    def blob(self, size):
        """So many bytes, in as many frames as they came in."""
        parts = []
        while size > 0:
            kind, length = _HEADER.unpack(self._take(_HEADER.size))
            if kind != BYTES or length > size or length == 0:
                raise ProtocolError(f"a frame of kind {kind!r} and {length} bytes where {size} are left")
            parts.append(self._take(length))
            size -= length
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _take(self, size, may_end=False):
        parts, have = [self._left], len(self._left)
        while have < size:
            part = os.read(self._fd, max(1 << 13, min(size - have, 1 << 20)))
            if not part:
                if may_end and have == 0:
                    return None
                raise ProtocolError(f"the pipe ended {size - have} bytes early")
            parts.append(part)
            have += len(part)
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        self._left = data[size:]
        return data[:size]


class Writer:
    """Writes frames to a descriptor; large bytes go in several."""

    def __init__(self, fd):
        self._fd = fd

    def json(self, message, data=b""):
        """A message, and bytes that belong to it; small ones go out together."""
        content = _ENCODE(message).encode("utf-8")
        if len(data) > 1 << 16 or len(content) > MAX_FRAME:
            self._frame(JSON, content)
            self.blob(data)
            return
        head = _HEADER.pack(JSON, len(content))
        self._write(head + content + (_HEADER.pack(BYTES, len(data)) + data if data else b""))

    def blob(self, data):
        view = memoryview(data)
        for start in range(0, len(view), MAX_FRAME):
            self._frame(BYTES, view[start : start + MAX_FRAME])

    def _frame(self, kind, content):
        if len(content) > MAX_FRAME:
            raise ProtocolError(f"a frame of {len(content)} bytes")
        self._write(_HEADER.pack(kind, len(content)))
        self._write(content)

    def _write(self, content):
        view = memoryview(content)
        while len(view) > 0:
            view = view[os.write(self._fd, view) :]
