"""Writes small pickles of every protocol, with what CPython makes of them, as one JSON document on stdout."""
import base64
import collections
import json
import math
import pickle
import sys


def describe(value, seen):
    """A value as JSON, with types kept apart and shared references named."""
    if value is None or isinstance(value, bool):
        return value
    kind = type(value)
    if kind is int:
        return {"int": str(value)}
    if kind is float:
        return {"float": "nan" if math.isnan(value) else value.hex()}
    if kind is str:
        return {"str": [ord(c) for c in value]}
    if kind in (bytes, bytearray):
        return {kind.__name__: base64.b64encode(bytes(value)).decode()}
    if kind is complex:
        return {"complex": [describe(value.real, seen), describe(value.imag, seen)]}
    if kind is range:
        return {"range": [str(value.start), str(value.stop), str(value.step)]}
    if kind is slice:
        return {"slice": [describe(v, seen) for v in (value.start, value.stop, value.step)]}
    if id(value) in seen:
        return {"ref": seen[id(value)]}
    seen[id(value)] = len(seen)
    if kind in (tuple, list, collections.deque):
        return {kind.__name__: [describe(v, seen) for v in value]}
    if kind in (set, frozenset):
        return {kind.__name__: sorted((json.dumps(describe(v, {})) for v in value))}
    if isinstance(value, dict):
        return {kind.__name__: [[describe(k, seen), describe(v, seen)] for k, v in value.items()]}
    raise TypeError(kind)


def cases():
    yield "scalars", [None, True, False, 0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, -(2**31), 2**31, 2**53, 2**53 + 1]
    yield "long", [2**63, -(2**63), 2**64, 10**50, -(10**50), 2**1000, -(2**2000), 2**8000]
    yield "floats", [0.0, -0.0, 1.0, 0.1, 1e300, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan]
    yield "text", ["", "a", "\n", "\\", "\\u0041", "\\\\u0041", "'", '"', "\x00", "\x1a", "\r", "é", "€", "😀", "a" * 300, "\ud800", "x\udfffy", "é" * 200, "\ufffd"]
    yield "bytes", [b"", b"a", bytes(range(256)), b"x" * 300, bytearray(b""), bytearray(b"abc"), bytearray(range(256))]
    yield "tuples", [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((), ((),))]
    yield "dicts", {1: "int", 1.5: "float", "1": "str", None: "none", (1, "a"): "tuple", b"1": "bytes", True and 2: "two", (1, (2.5, b"x")): 0}
    yield "equal keys", [{1: "a"}, {1.0: "b"}, {True: "c"}, {2**53: 1, float(2**60): 2, 2**60 + 1: 3}]
    yield "sets", [set(), {1, 2}, {"a", None, 2.5, (1, 2)}, frozenset(), frozenset({1, "b"}), frozenset({frozenset({1})})]
    yield "complex", [1 + 2j, -0j, complex(math.inf, 0.5)]
    yield "ranges", [range(3), range(1, 10, 3), range(5, 0, -1), slice(1), slice(None, 2), slice(1, 2, 3), slice(None)]
    yield "collections", [collections.OrderedDict([("b", 1), ("a", 2)]), collections.Counter("hello"), collections.defaultdict(list, {"a": [1]}), collections.deque([1, 2, 3])]
    shared = ["shared"]
    yield "shared", [shared, shared, {"s": shared}, (shared,)]
    loop = []
    loop.append(loop)
    yield "list loop", loop
    ring = {}
    ring["self"] = [ring]
    yield "dict loop", ring
    knot = ([],)
    knot[0].append(knot)
    yield "tuple loop", knot
    deep = []
    for _ in range(60):
        deep = [deep, (deep,)] if len(deep) == 0 else [deep]
    yield "deep", deep
    yield "many", {"k%d" % i: [i, float(i), str(i)] for i in range(300)}
    yield "batches", [list(range(1100)), set(range(1100))]




def main():
    out = []
    for name, value in cases():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            data = pickle.dumps(value, protocol)
            again = pickle.loads(data)
            out.append({"name": name, "protocol": protocol, "pickle": base64.b64encode(data).decode(), "value": describe(again, {})})
    json.dump({"python": sys.version.split()[0], "cases": out}, sys.stdout)


main()
