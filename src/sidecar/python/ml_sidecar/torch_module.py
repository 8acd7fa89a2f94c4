"""The task that writes a network whose class the application names and whose weights are in the file.

The class's source is executed: the application said so, and no file did. It is imported, with all that it imports,
and the network is made, before the room is closed; the weights are read after that.
"""

import io
import sys
import types

import torch

from . import torch_common as common
from . import torch_program
from .errors import SidecarError

_made = {}


def prepare(request):
    about = request["module"]
    module = types.ModuleType("application_module")
    module.__file__ = about["source"]
    sys.modules[module.__name__] = module
    try:
        exec(compile(about["code"], about["source"], "exec"), module.__dict__)
        made = getattr(module, about["class"])(*about.get("args", []), **about.get("kwargs", {}))
    except Exception as error:
        where = f"{about['class']} of {about['source']}"
        raise SidecarError("refused", f"{where} could not be made: {type(error).__name__}: {str(error)[:500]}") from error
    if not isinstance(made, torch.nn.Module):
        raise SidecarError("refused", f"{about['class']} of {about['source']} is no torch.nn.Module")
    _made["network"] = made.eval()
    return torch_program.prepare(request)


def run(data, request, progress):
    progress("reading")
    network, named = _filled(data, request)
    about = request["module"]
    call = common.calls_of(named, {})[0]
    dims = {extent: torch.export.Dim(extent) for one in named for extent in one["shape"] if isinstance(extent, str)}
    shapes = tuple({i: dims[extent] for i, extent in enumerate(one["shape"]) if isinstance(extent, str)} for one in named)
    program = common.convert(
        lambda: torch.export.export(network, tuple(common.example(call, named)), dynamic_shapes=shapes)
    )
    return torch_program.write(program, named, request, progress, f"{about['class']} of {about['source']}")


def open_original(data, request):
    """What it takes and how it is asked, for a worker that stays."""
    network, named = _filled(data, request)
    return named, lambda feeds: common.named_outputs(network(*common.tensors(feeds)))


def _filled(data, request):
    """The network with the file's weights, and its inputs with their names."""
    network = _made["network"]
    state = common.open_original(lambda: torch.load(io.BytesIO(data), map_location="cpu", weights_only=True))
    weights = _state_dict(state, request["module"].get("prefix"))
    common.open_original(lambda: network.load_state_dict(weights, strict=True))
    names = common.parameter_names(network.forward)
    return network, [{**one, "name": one.get("name") or names[i]} for i, one in enumerate(request["inputs"])]


def _state_dict(state, prefix):
    """The weights of a file: all of it, or what stands under the usual names of a checkpoint, or where it is said."""
    for key in (prefix or "").split(".") if prefix else ():
        state = state[key]
    if prefix is None and isinstance(state, dict):
        for key in ("model_state_dict", "state_dict"):
            if isinstance(state.get(key), dict):
                return state[key]
    if isinstance(state, dict) and all(isinstance(value, torch.Tensor) for value in state.values()):
        return state
    raise SidecarError("refused", "the file holds no state dict at the place that is read; state its prefix")
