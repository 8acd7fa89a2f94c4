"""A worker that stays and misbehaves on request. Started by the tests in place of worker.py."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/sidecar/python"))

import numpy  # noqa: E402
from ml_sidecar.main import OUT, main  # noqa: E402
from ml_sidecar.serving import serve as serve_calls  # noqa: E402


def frame(kind, content):
    return kind + len(content).to_bytes(4, "big") + content


def misbehave(method, inputs):
    if method == "die":
        os.write(2, b"Segmentation fault, as it were")
        os.abort()
    if method == "hang":
        time.sleep(600)
    if method == "garbage":
        os.write(OUT, b"HTTP/1.1 200 OK\r\n\r\n")
    if method == "stranger":
        os.write(OUT, frame(b"J", b'{"type":"answer","id":999,"outputs":[],"bytes":0}'))
    if method == "too_much":
        os.write(OUT, frame(b"J", b'{"type":"answer","id":1,"outputs":[{"name":"x","type":"float64","dims":[9000000000]}],"bytes":72000000000}'))
    if method == "wrong_size":
        os.write(OUT, frame(b"J", b'{"type":"answer","id":1,"outputs":[{"name":"x","type":"float64","dims":[2]}],"bytes":8}'))
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
