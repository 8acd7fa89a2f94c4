"""Makes the models of test/sidecar/torch-files: `python make_torch_models.py` with the packages of locks/torch-*.txt."""

import io
import json
import pathlib
import sys
import warnings
import zipfile

import torch
from torch import nn

FOLDER = pathlib.Path(__file__).parent / "torch-files"
sys.path.insert(0, str(FOLDER))
warnings.simplefilter("ignore")
torch.manual_seed(0)

from net import Net  # noqa: E402


class Steps(nn.Module):
    """A loop and a branch that the values decide."""

    def __init__(self):
        super().__init__()
        self.line = nn.Linear(3, 3)

    def forward(self, x):
        steps = 0
        while bool(x.abs().max() > 0.5) and steps < 8:
            x = self.line(x) * 0.3
            steps += 1
        if bool(x.sum() > 0):
            x = x * 2
        return x


class Spectrum(nn.Module):
    """A Fourier transform."""

    def __init__(self):
        super().__init__()
        self.line = nn.Linear(5, 2)

    def forward(self, x):
        return torch.softmax(self.line(torch.fft.rfft(x).abs()), -1)


class Noisy(nn.Module):
    def forward(self, x):
        return torch.fft.rfft(x + torch.randn(8)).abs()


def expect(module, x):
    with torch.no_grad():
        return {"x": x.tolist(), "y": module(x).tolist()}


def quiet(module):
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return module.eval()


def save_script(module, name):
    """Without the table of source lines, which names folders of this machine."""
    saved = io.BytesIO()
    torch.jit.save(module, saved)
    with zipfile.ZipFile(saved) as whole, zipfile.ZipFile(FOLDER / name, "w") as kept:
        for entry in whole.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                kept.writestr(zipfile.ZipInfo(entry.filename), whole.read(entry))


def save_program(module, shapes, name):
    program = torch.export.export(module, (torch.zeros(3, 8),), dynamic_shapes=shapes)
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)
    torch.export.save(program, FOLDER / name)


expected = {}
steps = quiet(Steps())
save_script(torch.jit.script(steps), "steps.pt")
expected["steps"] = expect(steps, torch.tensor([[0.1, -0.2, 0.3], [4.0, 5.0, -6.0]]))
spectrum = quiet(Spectrum())
save_script(torch.jit.trace(spectrum, torch.zeros(3, 8)), "spectrum.pt")
save_program(spectrum, ({0: torch.export.Dim("batch")},), "spectrum.pt2")
expected["spectrum"] = expect(spectrum, torch.arange(24, dtype=torch.float32).reshape(3, 8).sin())
save_program(Noisy(), None, "noisy.pt2")
net = quiet(Net(4, gated=True))
torch.save(net.state_dict(), FOLDER / "net.pth")
torch.save({"epoch": 3, "model_state_dict": net.state_dict()}, FOLDER / "checkpoint.pth")
torch.save(net, FOLDER / "whole.pth")
expected["net"] = expect(net, torch.tensor([[0.5, -1.0, 2.0], [1e4, 0.0, -1e4], [0.0, 0.0, 0.0]]))
(FOLDER / "expected.json").write_text(json.dumps(expected) + "\n")
