"""The task that writes a TorchScript program by way of torch.export, for the shapes that it is shown."""

import torch
from torch._export.converter import TS2EPConverter

from . import torch_common as common
from . import torch_script


class _Branch(torch.nn.Module):
    def forward(self, x):
        if bool(x.sum() > 0):
            x = x * 2
        return x


def prepare(request):
    return common.prepare(_warm_up)


def _warm_up():
    common.warm_up_programs()
    TS2EPConverter(torch.jit.script(_Branch()), (torch.zeros(2, 3),)).convert()


def run(data, request, progress):
    progress("reading")
    module = common.open_original(lambda: torch_script.open_script(data))
    inputs = request["inputs"]
    calls = common.calls_of(inputs, request["sizes"])[:1]
    ask = torch_script.asker(module)
    examples = common.example(calls[0], inputs)
    outputs = [name for name, _ in common.open_original(lambda: ask([tensor.numpy() for tensor in examples]))]
    progress("converting")
    program = common.convert(lambda: TS2EPConverter(module, tuple(examples)).convert())
    model = common.convert(lambda: common.program_to_onnx(program, [one["name"] for one in inputs], outputs))
    progress("asking the original")
    return common.finish(model, inputs, calls, ask, request, f"TorchScript {module.original_name}")
