"""What the tasks for PyTorch share: importing all that is imported late, asking the original, the result."""

import importlib
import importlib.metadata
import inspect
import io
import linecache
import logging
import re
import types
import warnings

import numpy
import onnx
import torch
import torch.onnx
import torch.utils._pytree as pytree

from . import network_cases
from .errors import SidecarError
from .extents import SIZES, calls_of  # noqa: F401
from .onnx_result import finish  # noqa: F401

OPSET = 18
_PACKAGES = ("torch", "onnx", "onnxscript", "numpy")
_LATE = (
    "sympy.physics.matrices",
    "sympy.physics.units.systems",
    "torch._dynamo.backends.debugging",
    "torch._dynamo.dce_extra_outputs",
    "torch._export.converter",
    "torch._higher_order_ops.passes.inline_invoke_subgraph",
    "torch.distributed.tensor.experimental._attention",
    "torch.nn.attention.flex_attention",
)


def prepare(warm_up):
    """Imports everything, and has an exporter import, compile and read what it does late."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    _never_unpickle()
    warm_up()
    # The exporter reads the source of its own functions each time: what was read once is not looked for again.
    linecache.checkcache = lambda filename=None: None
    return {name: importlib.metadata.version(name) for name in _PACKAGES}


def _never_unpickle():
    """torch.export loads odd weights and objects with pickle: here, tensors and nothing else."""
    package = importlib.import_module("torch.export.pt2_archive._package")
    load = torch.load

    def weights_only(*args, **options):
        return load(*args, **{**options, "weights_only": True})

    def refuse(*_args, **_options):
        raise SidecarError("refused", "the archive holds an object that is no tensor")

    torch.load = weights_only
    package.pickle = types.SimpleNamespace(loads=refuse, load=refuse)
    torch._C._pickle_load_obj = refuse


class _Line(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(4, 4)

    def forward(self, x):
        return torch.softmax(self.linear(x), -1)


def warm_up_scripts():
    """For `script_to_onnx`."""
    saved = io.BytesIO()
    torch.jit.save(torch.jit.script(_Line().eval()), saved)
    module = torch.jit.load(io.BytesIO(saved.getvalue()))
    script_to_onnx(module, torch.zeros(2, 4), names=["x"], outputs=["y"], axes={"x": {0: "batch"}})


def warm_up_programs():
    """For `program_to_onnx`."""
    for name in _LATE:
        importlib.import_module(name)
    program = torch.export.export(_Line().eval(), (torch.zeros(2, 4),), dynamic_shapes=({0: torch.export.Dim("n")},))
    saved = io.BytesIO()
    torch.export.save(program, saved)
    loaded = torch.export.load(io.BytesIO(saved.getvalue()))
    program_to_onnx(loaded, ["x"], ["y"])


def script_to_onnx(module, *examples, names, outputs, axes):
    """The graph of a TorchScript program, its branches and loops with it."""
    written = io.BytesIO()
    torch.onnx.export(
        module,
        examples,
        written,
        dynamo=False,
        opset_version=OPSET,
        input_names=names,
        output_names=outputs,
        dynamic_axes=axes,
    )
    return onnx.load_from_string(written.getvalue())


def program_to_onnx(program, names, outputs):
    """The graph of an exported program."""
    exported = torch.onnx.export(
        program, dynamo=True, opset_version=OPSET, input_names=names, output_names=outputs, verbose=False
    )
    return exported.model_proto


def convert(write):
    """Runs a writer; what it does not take is refused in its own words."""
    try:
        return write()
    except SidecarError:
        raise
    except Exception as error:
        raise SidecarError("refused", f"torch.onnx does not convert it: {type(error).__name__}: {_short(error)}") from error


def _short(error):
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split("\n")]
    told = [line for line in lines if "Error" in line or "Unsupported" in line or "not supported" in line]
    return " ".join(dict.fromkeys([lines[0], *told[:2]]))[:500]


def open_original(open_it):
    try:
        return open_it()
    except SidecarError:
        raise
    except Exception as error:
        raise SidecarError("refused", f"PyTorch does not load it: {type(error).__name__}: {str(error)[:500]}") from error


def tensors(feeds):
    return [torch.from_numpy(numpy.array(value)) for value in feeds]


def named_outputs(answer):
    """Name and array of every tensor that a call gave: keys of dictionaries joined with dots, positions otherwise."""
    if isinstance(answer, dict):
        leaves = pytree.tree_flatten_with_path(answer)[0]
        pairs = [(".".join(str(getattr(k, "key", getattr(k, "idx", k))) for k in path), leaf) for path, leaf in leaves]
    else:
        pairs = [(f"output_{i}", leaf) for i, leaf in enumerate(pytree.tree_flatten(answer)[0])]
    return [(name, _array(name, leaf)) for name, leaf in pairs if leaf is not None]


def _array(name, leaf):
    if isinstance(leaf, (bool, int, float)):
        return numpy.asarray(leaf)
    if not isinstance(leaf, torch.Tensor):
        raise SidecarError("refused", f"{name} is a {type(leaf).__name__}, which no graph gives")
    if leaf.dtype in (torch.float16, torch.bfloat16) or leaf.is_complex() or leaf.is_sparse or leaf.is_quantized:
        raise SidecarError("refused", f"{name} is a tensor of {leaf.dtype}, which is not compared here")
    return leaf.detach().contiguous().numpy()


def example(call, inputs):
    """Tensors of a call's shapes: numbers that every table takes."""
    return [
        torch.zeros(shape, dtype=getattr(torch, one["dtype"]))
        if one["dtype"] not in network_cases.FLOATS
        else torch.linspace(-1, 1, int(numpy.prod(shape)), dtype=getattr(torch, one["dtype"])).reshape(shape)
        for one, shape in zip(inputs, call)
    ]


def parameter_names(forward):
    return [name for name in inspect.signature(forward).parameters if name != "self"]
