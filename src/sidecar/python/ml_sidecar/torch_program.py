"""The task that writes a program of torch.export as a graph."""

import io

import sympy
import torch
import torch.utils._pytree as pytree
from torch._export.serde import serialize

from . import torch_common as common
from .errors import SidecarError

#: No extent that is tried is larger.
_MOST = max(common.SIZES)


def prepare(request):
    # What is told of a node's origin looks names up in Python; no graph has need of it.
    serialize.GraphModuleDeserializer.deserialize_metadata = lambda self, metadata: {}
    return common.prepare(common.warm_up_programs)


def run(data, request, progress):
    progress("reading")
    program = common.open_original(lambda: torch.export.load(io.BytesIO(data)))
    return write(program, request["inputs"], request, progress, "a program of torch.export")


def open_original(data, request):
    """What it takes and how it is asked, for a worker that stays."""
    inputs, _, ask = _asked(common.open_original(lambda: torch.export.load(io.BytesIO(data))), request["inputs"])
    return [{**one, "shape": [extent if isinstance(extent, int) else str(extent) for extent in one["shape"]]} for one in inputs], ask


def write(program, named, request, progress, about):
    """The result of a task that has an exported program."""
    inputs, calls, ask = _asked(program, named)
    examples = [tensor.numpy() for tensor in common.example(calls[0], inputs)]
    outputs = [name for name, _ in common.open_original(lambda: ask(examples))]
    progress("converting")
    model = common.convert(lambda: common.program_to_onnx(program, [one["name"] for one in inputs], outputs))
    if [value.name for value in model.graph.output] != outputs:
        raise SidecarError("refused", "the graph gives other outputs than the original")
    progress("asking the original")
    return common.finish(model, inputs, calls, ask, request, about)


def _asked(program, named):
    # Conditions as Python code, which is in the file: not one of them is compiled.
    program._guards_code = []
    inputs, calls, fill = _inputs(program, named)
    module = program.module(check_guards=False)
    spec = program.call_spec.in_spec

    def ask(feeds):
        args, kwargs = pytree.tree_unflatten(fill(common.tensors(feeds)), spec)
        return common.named_outputs(module(*args, **kwargs))

    return inputs, calls, ask


def _inputs(program, named):
    """What the program takes, the shapes of several calls, and a function that puts its constants among tensors."""
    values = {node.name: node.meta["val"] for node in program.graph.nodes if node.op == "placeholder"}
    leaves = [values.get(name, name) if isinstance(name, str) else name for name in program.graph_signature.user_inputs]
    free = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
    if len(free) != len(named) or any(isinstance(leaf, torch.SymInt) for leaf in leaves):
        raise SidecarError("refused", f"the program takes {len(free)} tensors, and {len(named)} were announced")
    inputs = [
        {"name": one["name"], "dtype": str(leaf.dtype).removeprefix("torch."), "shape": list(leaf.shape)}
        for one, leaf in zip(named, free)
    ]
    calls = []
    for size in common.SIZES:
        call = [[_extent(extent, size, program.range_constraints) for extent in leaf.shape] for leaf in free]
        if call not in calls:
            calls.append(call)

    def fill(given):
        rest = iter(given)
        return [next(rest) if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves]

    return inputs, calls, fill


def _extent(extent, size, ranges):
    if isinstance(extent, int):
        return extent
    expression = extent.node.expr
    sizes = {}
    for symbol in expression.free_symbols:
        bounds = ranges.get(symbol)
        low = 1 if bounds is None else max(1, int(bounds.lower))
        high = _MOST if bounds is None or bounds.upper > _MOST else int(bounds.upper)
        sizes[symbol] = sympy.Integer(min(max(size, low), max(low, high)))
    return int(expression.subs(sizes))
