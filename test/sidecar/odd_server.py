"""A worker that stays and misbehaves on request. Started by the tests in place of worker.py."""

import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/sidecar/python"))

import numpy  # noqa: E402
from ml_sidecar.main import OUT, main  # noqa: E402
from ml_sidecar.serving import serve as serve_calls  # noqa: E402


def head(kind, number, about=b"", texts=b"", numbers=b"", size=None):
    lengths = number, len(about), len(texts), len(numbers) if size is None else size
    return struct.pack("<cIIIQ", kind, *lengths) + about + texts + numbers


def described(code, *dims):
    """One array of the name x."""
    return struct.pack("<II", 0, 1) + b"\x01\x00\x00\x00x" + struct.pack(f"<BI{len(dims)}Q", code, len(dims), *dims)


FLOAT64 = 2
#: What a worker may write in place of an answer to the first call; a call of the name writes it.
WRONG = {
    "garbage": b"HTTP/1.1 200 OK\r\n\r\n",
    "stranger": head(b"A", 999, described(FLOAT64, 0)),
    "strange_failure": head(b"F", 999, texts=b"no"),
    "too_much": head(b"A", 1, described(FLOAT64, 9_000_000_000), size=72_000_000_000),
    "too_many_texts": head(b"A", 1, described(0, 1), size=0)[:9] + struct.pack("<I", 1 << 28) + bytes(8),
    "wrong_size": head(b"A", 1, described(FLOAT64, 2), numbers=bytes(8)),
    "longer": head(b"A", 1, described(FLOAT64, 1), numbers=bytes(16)),
    "no_type": head(b"A", 1, described(99, 1), numbers=bytes(8)),
    "early_end": head(b"A", 1, described(FLOAT64, 1)[:-3], numbers=bytes(8)),
    "no_texts": head(b"A", 1, described(0, 2), texts=b'[["a"]]'),
    "no_labels": head(b"A", 1, described(0, 1), texts=b'[[{"a":1}]]'),
    "no_json": head(b"A", 1, described(0, 1), texts=b"[["),
    "loose_bytes": b"B\x00\x00\x00\x01x",
}


def misbehave(method, inputs):
    if method == "die":
        os.write(2, b"Segmentation fault, as it were")
        os.abort()
    if method == "hang":
        time.sleep(600)
    if method in WRONG:
        os.write(OUT, WRONG[method])
    if method == "out":
        with open("/etc/passwd", "rb") as file:
            return [("x", numpy.frombuffer(file.read(8), dtype="u1"))]
    if method == "raise":
        raise ValueError("not with me")
    return [(name, value) for name, value in inputs.items()]


class Task:
    serve = staticmethod(serve_calls)

    @staticmethod
    def prepare(request):
        return {}

    @staticmethod
    def open_model(model, request, progress):
        if request.get("refuses"):
            raise ValueError("no such model")
        return {"methods": ["run"], "bytes": len(model)}, misbehave


if __name__ == "__main__":
    sys.exit(main({"odd": lambda: Task}))
