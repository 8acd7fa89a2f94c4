"""One request: import what it needs, close the room, read the model, do the task, write the result."""

import ctypes
import hashlib
import importlib
import os
import platform
import signal
import sys
import traceback

from . import check, frames, sandbox
from .errors import SidecarError

PROTOCOL = 1
STDIN, MODEL, OUT = 0, 3, 4
_PR_SET_PDEATHSIG = 1

#: Task to its module's loader: a module has `prepare(request)`, which imports, and `run(model, request, progress)`, or
#: `open_model(model, request, progress)` and `serve(answer, fd, writer)` where its worker stays.
TASKS = {
    "check": lambda: check,
    **{
        name: lambda module=module: importlib.import_module(f"ml_sidecar.{module}")
        for name, module in {
            "convert-sklearn": "convert_sklearn",
            "convert-torchscript": "torch_script",
            "convert-torchscript-best": "torch_script_best",
            "convert-torchscript-program": "torch_script_program",
            "convert-torch-program": "torch_program",
            "convert-torch-module": "torch_module",
            "serve-sklearn": "serve_sklearn",
            "serve-network": "serve_network",
            "convert-tensorflow": "tensorflow_graph",
            "convert-keras": "tensorflow_keras",
        }.items()
    },
}


def main(tasks=None):
    writer = frames.Writer(OUT)
    try:
        _die_with_parent()
        request = frames.read_json(STDIN)
        _serve(request, writer, TASKS if tasks is None else tasks)
        return 0
    except SidecarError as error:
        _report(writer, error.kind, str(error), error.details)
    except MemoryError:
        _report(writer, "memory", "the memory limit was reached", {})
    except Exception as error:  # The caller gets an error of its own type whatever a converter raises.
        text = "".join(traceback.format_exception_only(type(error), error)).strip()
        trace = "".join(traceback.format_tb(error.__traceback__)[-4:])
        _report(writer, "raised", text, {"exception": type(error).__name__, "traceback": trace})
    return 1


def _die_with_parent():
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _serve(request, writer, tasks):
    if request.get("protocol") != PROTOCOL:
        raise SidecarError("protocol", f"this worker speaks protocol {PROTOCOL}, not {request.get('protocol')!r}")
    load = tasks.get(request["task"])
    if load is None:
        raise SidecarError("protocol", f"there is no task {request['task']!r}")

    def progress(text):
        writer.json({"type": "progress", "id": request["id"], "text": text})

    progress("importing")
    task = load()
    packages = task.prepare(request)
    walls = request["sandbox"]
    active, missing = sandbox.enter(walls["layers"], walls["memoryBytes"], walls["cpuSeconds"])
    ready = {"layers": active, "missing": missing, "python": platform.python_version(), "packages": packages}
    writer.json({"type": "ready", "id": request["id"], **ready})
    if missing and walls["require"]:
        reasons = "; ".join(f"{layer}: {reason}" for layer, reason in missing.items())
        raise SidecarError("sandbox", f"the sandbox is incomplete ({reasons})", missing=missing)
    model = _read_model(request)
    if hasattr(task, "open_model"):
        about, answer = task.open_model(model, request, progress)
        del model
        writer.json({"type": "serving", "id": request["id"], "about": about})
        task.serve(answer, STDIN, writer)
        return
    result, blobs = task.run(model, request, progress)
    sizes = [len(blob) for blob in blobs]
    for blob in blobs:
        writer.blob(blob)
    writer.json({"type": "result", "id": request["id"], "blobs": sizes, "result": result})


def _read_model(request):
    """The bytes that the caller judged, and no others."""
    model = frames.read_exactly(MODEL, request["model"]["bytes"])
    if os.read(MODEL, 1):
        raise frames.ProtocolError("more bytes of the model than were announced")
    if hashlib.sha256(model).hexdigest() != request["model"]["sha256"]:
        raise frames.ProtocolError("the bytes of the model are not those that were announced")
    return model


def _report(writer, kind, message, details):
    try:
        writer.json({"type": "error", "kind": kind, "message": message[:4000], "details": details})
    except OSError:
        # Nobody listens any more.
        print(message, file=sys.stderr)
