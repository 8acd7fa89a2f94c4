"""The task that writes a TorchScript program as a graph, branches and loops over values with it."""

import io

import torch

from . import torch_common as common
from .errors import SidecarError
from .extents import axes_of


def prepare(request):
    return common.prepare(common.warm_up_scripts)


def run(data, request, progress):
    progress("reading")
    module = common.open_original(lambda: open_script(data))
    inputs = request["inputs"]
    calls, axes = answered_calls(module, inputs, request["sizes"])
    progress("converting")
    names = [one["name"] for one in inputs]
    outputs, shapes = _outputs(module, inputs, calls)
    every = {**axes, **{name: axes_of(found, calls, inputs) for name, found in shapes.items()}}
    examples = common.example(calls[0], inputs)
    model = common.convert(
        lambda: common.script_to_onnx(module, *examples, names=names, outputs=outputs, axes=every)
    )
    progress("asking the original")
    return common.finish(model, inputs, calls, asker(module), request, f"TorchScript {module.original_name}")


def open_original(data, request):
    """What it takes and how it is asked, for a worker that stays."""
    return request["inputs"], asker(common.open_original(lambda: open_script(data)))


def open_script(data):
    return torch.jit.load(io.BytesIO(data), map_location="cpu").eval()


def asker(module):
    return lambda feeds: common.named_outputs(module(*common.tensors(feeds)))


def answered_calls(module, inputs, sizes):
    """The calls, and which axes vary: none where the program takes only one size."""
    calls = common.calls_of(inputs, sizes)
    for call in calls[1:]:
        try:
            module(*common.example(call, inputs))
        except RuntimeError:
            return calls[:1], {}
    axes = {}
    for one in inputs:
        found = {i: extent for i, extent in enumerate(one["shape"]) if isinstance(extent, str)}
        if found:
            axes[one["name"]] = found
    return calls, axes


def _outputs(module, inputs, calls):
    """Names of the outputs, and the shapes that each has in every call."""
    shapes = {}
    for call in calls:
        try:
            answers = asker(module)([tensor.numpy() for tensor in common.example(call, inputs)])
        except RuntimeError as error:
            raise SidecarError("refused", f"the original raises for inputs of the shapes {call}: {str(error).strip()[-300:]}") from error
        for name, value in answers:
            shapes.setdefault(name, []).append(value.shape)
    if not shapes:
        raise SidecarError("refused", "the program gives no tensor")
    return list(shapes), shapes
