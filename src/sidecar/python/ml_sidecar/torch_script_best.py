"""The task that writes a TorchScript program in the way that its operators have: to import for both takes longer than to convert."""

import importlib
import re

from .errors import SidecarError

_SCRIPT, _PROGRAM = "convert-torchscript", "convert-torchscript-program"
_MODULES = {_SCRIPT: "torch_script", _PROGRAM: "torch_script_program"}
#: Functions of values alone. What the writer of scripts has no rule for among them, no pass of it takes away either.
_PURE = re.compile(r"torch\.((?:fft|linalg|special)_\w+)")
_chosen = {}


def prepare(request):
    name = _chosen["name"] = _way(request["names"])
    _chosen["module"] = importlib.import_module(f"ml_sidecar.{_MODULES[name]}")
    return _chosen["module"].prepare(request)


def _way(names):
    from torch.onnx._internal.torchscript_exporter.registration import registry

    from .torch_common import OPSET

    operators = [found[1] for found in map(_PURE.fullmatch, names) if found]
    known = all(registry.is_registered_op(f"aten::{operator}", OPSET) for operator in operators)
    return _SCRIPT if known else _PROGRAM


def run(data, request, progress):
    try:
        result, blobs = _chosen["module"].run(data, request, progress)
    except SidecarError as error:
        error.details["way"] = _chosen["name"]
        raise
    return {**result, "way": _chosen["name"]}, blobs
