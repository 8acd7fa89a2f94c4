"""A convolutional network as .pt2 and TorchScript, and a state dict of 1 GB: make_torch_models.py FOLDER

Needs PyTorch. FOLDER gets resnetish.pt2, resnetish.pt, big.pth and ask.py, which loads a file and predicts once.
"""
import pathlib
import sys

import torch
from torch import nn

ASK = """import sys, torch
x = torch.zeros(1, 3, 32, 32)
path = sys.argv[1]
model = torch.export.load(path).module() if path.endswith('.pt2') else torch.jit.load(path)
with torch.no_grad():
    print(float(model(x).sum()))
"""


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1))

    def forward(self, x):
        return torch.relu(x + self.body(x))


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
torch.manual_seed(7)
head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10)]
model = nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), Block(32), Block(32), Block(32), *head).eval()
x = torch.zeros(1, 3, 32, 32)
torch.export.save(torch.export.export(model, (x,)), folder / "resnetish.pt2")
torch.jit.save(torch.jit.trace(model, x), folder / "resnetish.pt")
torch.save({f"layers.{i}.weight": torch.randn(1024, 1024) for i in range(256)}, folder / "big.pth")
(folder / "ask.py").write_text(ASK)
print(torch.__version__)
