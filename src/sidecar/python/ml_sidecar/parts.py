"""Several pieces of bytes in one, after a header that says what they are."""

import json
import struct

_LENGTH = struct.Struct("<I")


def unpack(data):
    """The header, and a view of each piece."""
    whole = memoryview(data)
    (length,) = _LENGTH.unpack_from(whole)
    at = _LENGTH.size + length
    header = json.loads(bytes(whole[_LENGTH.size : at]))
    parts = []
    for size in header["sizes"]:
        if at + size > len(whole):
            raise ValueError("a piece is cut off")
        parts.append(whole[at : at + size])
        at += size
    return header, parts
