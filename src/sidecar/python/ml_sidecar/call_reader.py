"""Reads calls one after another from a descriptor, with few calls of the system."""

import os

from .call_frames import CALL, HEAD
from .frames import ProtocolError

_SMALL, _LARGE = 1 << 13, 1 << 20


class CallReader:
    def __init__(self, fd):
        self._fd = fd
        self._data, self._at = b"", 0

    def next(self):
        """The next call, or None at the end: its number, description, texts, and the bytes and place of its numbers."""
        if not self._have(HEAD.size, may_end=True):
            return None
        kind, number, about, texts, numbers = HEAD.unpack_from(self._data, self._at)
        if kind != CALL:
            raise ProtocolError(f"a call of the kind {kind!r}")
        self._at += HEAD.size
        self._have(about + texts + numbers)
        data, start = self._data, self._at
        middle, last = start + about, start + about + texts
        end = last + numbers
        # Nothing of a large call is kept until the next one.
        self._data, self._at = data[end:], 0
        if end < len(data):
            data = data[:end]
        return number, data[start:middle], data[middle:last], data, last

    def _have(self, size, may_end=False):
        """Reads on until so many bytes are at hand."""
        have = len(self._data) - self._at
        if have >= size:
            return True
        parts = [self._data[self._at :]] if have else []
        while have < size:
            part = os.read(self._fd, max(_SMALL, min(size - have, _LARGE)))
            if not part:
                if may_end and have == 0:
                    return False
                raise ProtocolError(f"the pipe ended {size - have} bytes early")
            parts.append(part)
            have += len(part)
        self._data, self._at = parts[0] if len(parts) == 1 else b"".join(parts), 0
        return True
