"""The form of calls and their answers: 21 bytes, then what is in them, then their texts, then their numbers.

Little-endian, without gaps:

- one byte of kind (`C` a call, `A` an answer, `F` a failure), the call's number (4 bytes), and the lengths of the three
  parts behind: description (4), texts (4), numbers (8).
- description: the method (in an answer empty), as a length (4) and UTF-8; how many arrays (4); for each its name as the
  method, one byte of type, which is a place in `_TYPES`, how many dimensions (4), and these (8 each).
- texts: JSON, a flat list for each array of texts, in order; of a failure, its message.
- numbers: those of the other arrays, row-major, one after another.
"""

import functools
import json
import struct

import numpy

from .frames import MAX_FRAME

CALL, ANSWER, FAILURE = b"C", b"A", b"F"
HEAD = struct.Struct("<cIIIQ")
_LENGTH = struct.Struct("<I")
_ARRAY = struct.Struct("<BI")

_TYPES = (None, "<f4", "<f8", "<i8", "<i4", "<i2", "|i1", "|u1", "|b1")
_TEXTS = 0
_DTYPES = tuple(None if one is None else numpy.dtype(one) for one in _TYPES)
_CODES = {one: code for code, one in enumerate(_TYPES) if one is not None}

# Descriptions up to this length are kept: a model is mostly asked in one form.
_KEPT_BYTES = 1024
# Larger arrays are written from where they lie.
_COPIED = 1 << 12

_ENCODE = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode
_DECODE = json.JSONDecoder().decode


def read_call(description, texts, body, at):
    """Method and arrays by name; their numbers lie in `body` from `at` on."""
    method, arrays = (_read if len(description) <= _KEPT_BYTES else _read.__wrapped__)(description)
    lists = iter(_DECODE(texts.decode("utf-8"))) if texts else None
    inputs = {}
    for name, dtype, dims, size in arrays:
        if dtype is None:
            column = next(lists)
            value = numpy.empty(len(column), dtype=object)
            value[:] = column
            inputs[name] = value.reshape(dims)
        else:
            # A copy: the model may write into what it is given, and numbers begin at a multiple of their size.
            inputs[name] = numpy.ndarray(dims, dtype, body, at).copy()
            at += size
    if at != len(body):
        raise ValueError(f"the arrays of the call take {at - len(body)} bytes more than there are")
    return method, inputs


@functools.lru_cache(maxsize=64)
def _read(description):
    method, at = _text(description, 0)
    (count,) = _LENGTH.unpack_from(description, at)
    at += _LENGTH.size
    arrays = []
    for _ in range(count):
        name, at = _text(description, at)
        code, rank = _ARRAY.unpack_from(description, at)
        at += _ARRAY.size
        dims = struct.unpack_from(f"<{rank}Q", description, at)
        at += 8 * rank
        dtype, size = _DTYPES[code], 0
        if dtype is not None:
            size = dtype.itemsize
            for extent in dims:
                size *= extent
        arrays.append((name, dtype, dims, size))
    return method, tuple(arrays)


def _text(description, at):
    (length,) = _LENGTH.unpack_from(description, at)
    at += _LENGTH.size
    return description[at : at + length].decode("utf-8"), at + length


def answer_parts(number, outputs):
    """An answer as a list of parts to write one after another, from pairs of a name and an array."""
    shapes, texts, numbers, size = [], [], [], 0
    for name, value in outputs:
        value = value.toarray() if hasattr(value, "toarray") else numpy.asarray(value)
        code = _CODES.get(value.dtype.str)
        if code is not None:
            numbers.append(_flat(value))
            size += value.nbytes
        elif value.dtype.kind in "OUS":
            # Labels of several types keep them.
            code = _TEXTS
            texts.append([v if isinstance(v, (bool, int, float, str)) else str(v) for v in value.ravel().tolist()])
        else:
            raise TypeError(f"{name} is of the type {value.dtype}, which has no form here")
        shapes.append((name, code, value.shape))
    description = _described(tuple(shapes))
    content = _ENCODE(texts).encode("utf-8") if texts else b""
    if len(description) + len(content) > MAX_FRAME:
        raise ValueError(f"an answer with {len(content)} bytes of texts, at most {MAX_FRAME} have a form here")
    return [HEAD.pack(ANSWER, number, len(description), len(content), size), description, content, *numbers]


def _flat(value):
    if value.nbytes <= _COPIED:
        return value.tobytes()
    return numpy.ascontiguousarray(value).reshape(-1).view(numpy.uint8).data


@functools.lru_cache(maxsize=64)
def _described(shapes):
    parts = [_LENGTH.pack(0), _LENGTH.pack(len(shapes))]
    for name, code, dims in shapes:
        content = name.encode("utf-8")
        parts += [_LENGTH.pack(len(content)), content, _ARRAY.pack(code, len(dims)), struct.pack(f"<{len(dims)}Q", *dims)]
    return b"".join(parts)


def failure(number, message):
    content = message.encode("utf-8", "replace")
    return HEAD.pack(FAILURE, number, 0, len(content), 0) + content
