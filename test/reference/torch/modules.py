"""Writes state dicts of real PyTorch modules with the description of each module, inputs and outputs (eval mode).
Used by modules.mjs.

    python modules.py --out FOLDER --seed N [--names NAME ...]

The files in test/fixtures/torch-modules are those of PyTorch 2.15.0, --seed 1 and the names that are there.
"""

import argparse
import json
import pathlib

import torch
from torch import nn


def layer(kind, **settings):
    return {"type": kind, **settings}


class Block(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.c1 = nn.Conv2d(channels, out, 3, stride=stride, padding=1, bias=False)
        self.b1 = nn.BatchNorm2d(out)
        self.c2 = nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.b2 = nn.BatchNorm2d(out)
        self.down = nn.Sequential(nn.Conv2d(channels, out, 1, stride=stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        y = self.b2(self.c2(torch.relu(self.b1(self.c1(x)))))
        return torch.relu(y + self.down(x))


class Tagger(nn.Module):
    def __init__(self, kind, **how):
        super().__init__()
        self.embed = nn.Embedding(20, 6)
        self.rnn = kind(6, 5, batch_first=True, **how)
        self.head = nn.Linear(5 * (2 if how.get("bidirectional") else 1), 3)
        self.pick = how

    def forward(self, x):
        return self.head(self.rnn(self.embed(x))[0][:, -1])


class Rnn(nn.Module):
    def __init__(self, rnn, output):
        super().__init__()
        self.rnn = rnn
        self.output = output

    def forward(self, x):
        out, hidden = self.rnn(x)
        if self.output == "sequence":
            return out
        if self.output == "last":
            return out[:, -1] if self.rnn.batch_first else out[-1]
        hidden = hidden[0] if isinstance(hidden, tuple) else hidden
        count = 2 if self.rnn.bidirectional else 1
        return torch.cat(list(hidden[-count:]), dim=-1)


def rnn_case(kind, output, shape=(3, 4, 5), **how):
    module = Rnn(getattr(nn, kind)(5, 7, **how), output)
    described = layer("Module", modules={"rnn": layer(kind, output=output, **how)})
    return module, described, torch.randn(shape)


def cases():
    yield "mlp", nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Dropout(0.3), nn.BatchNorm1d(8), nn.Linear(8, 3), nn.Softmax(dim=1)), layer(
        "Sequential",
        modules=[layer("Linear", in_features=6, out_features=8), layer("ReLU"), layer("Dropout", p=0.3), layer("BatchNorm1d", num_features=8), layer("Linear"), layer("Softmax", dim=1)],
    ), torch.randn(5, 6)
    yield "linear_3d", nn.Sequential(nn.Linear(4, 5, bias=False), nn.LayerNorm(5)), layer("Sequential", modules=[layer("Linear", bias=False), layer("LayerNorm", eps=1e-5)]), torch.randn(2, 3, 4)
    activations = {
        "ReLU": {}, "ReLU6": {}, "Hardtanh": {"min_val": -0.5, "max_val": 2.0}, "Sigmoid": {}, "Tanh": {}, "Softsign": {}, "Mish": {},
        "Hardswish": {}, "Hardsigmoid": {}, "SiLU": {}, "GELU": {}, "Softplus": {"beta": 2.0, "threshold": 3.0}, "LeakyReLU": {"negative_slope": 0.2},
        "ELU": {"alpha": 0.7}, "CELU": {"alpha": 1.3}, "SELU": {}, "LogSoftmax": {"dim": 1}, "Softmax": {"dim": -1},
    }
    for name, settings in activations.items():
        yield f"act_{name}", nn.Sequential(nn.Linear(6, 9), getattr(nn, name)(**settings)), layer("Sequential", modules=[layer("Linear"), layer(name, **settings)]), 4 * torch.randn(5, 6)
    yield "act_gelu_tanh", nn.Sequential(nn.Linear(6, 9), nn.GELU(approximate="tanh")), layer("Sequential", modules=[layer("Linear"), layer("GELU", approximate="tanh")]), torch.randn(5, 6)
    yield "prelu", nn.Sequential(nn.Conv2d(3, 4, 3), nn.PReLU(4)), layer("Sequential", modules=[layer("Conv2d"), layer("PReLU", num_parameters=4)]), torch.randn(2, 3, 6, 6)
    yield "prelu_one", nn.Sequential(nn.Linear(3, 4), nn.PReLU()), layer("Sequential", modules=[layer("Linear"), layer("PReLU")]), torch.randn(2, 3)
    yield "cnn", nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=(1, 2), groups=1), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(8, 8, 3, padding="same", dilation=2, groups=4), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3)
    ), layer("Sequential", modules=[
        layer("Conv2d", stride=2, padding=[1, 2]), layer("BatchNorm2d"), layer("ReLU", inplace=True), layer("MaxPool2d", kernel_size=2), layer("Conv2d", padding="same", dilation=2, groups=4), layer("AdaptiveAvgPool2d", output_size=1), layer("Flatten"), layer("Linear"),
    ]), torch.randn(2, 3, 16, 16)
    yield "flat_cnn", nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(2 * 36, 4)), layer("Sequential", modules=[layer("Conv2d", kernel_size=3), layer("Flatten"), layer("Linear")]), torch.randn(3, 1, 8, 8)
    yield "conv1d", nn.Sequential(nn.Conv1d(4, 6, 5, padding="same"), nn.BatchNorm1d(6), nn.AvgPool1d(3, stride=2, padding=1), nn.Conv1d(6, 2, 2, padding="valid")), layer("Sequential", modules=[
        layer("Conv1d", padding="same"), layer("BatchNorm1d"), layer("AvgPool1d", kernel_size=3, stride=2, padding=1), layer("Conv1d", padding="valid")]), torch.randn(2, 4, 20)
    yield "same_even", nn.Sequential(nn.Conv1d(4, 6, 4, padding="same")), layer("Sequential", modules=[layer("Conv1d", padding="same")]), torch.randn(2, 4, 9)
    yield "conv3d", nn.Sequential(nn.Conv3d(2, 3, (1, 2, 3)), nn.MaxPool3d(2, stride=1), nn.AdaptiveMaxPool3d(1)), layer("Sequential", modules=[layer("Conv3d"), layer("MaxPool3d", kernel_size=2, stride=1), layer("AdaptiveMaxPool3d", output_size=[1, 1, 1])]), torch.randn(2, 2, 4, 5, 6)
    yield "transpose2d", nn.Sequential(nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), nn.AvgPool2d(2, count_include_pad=False, padding=1)), layer("Sequential", modules=[
        layer("ConvTranspose2d", stride=2, padding=1, output_padding=1, groups=2), layer("AvgPool2d", kernel_size=2, count_include_pad=False, padding=1)]), torch.randn(2, 4, 5, 5)
    yield "transpose1d", nn.Sequential(nn.ConvTranspose1d(4, 3, 4, stride=3, dilation=2, bias=False)), layer("Sequential", modules=[layer("ConvTranspose1d", stride=3, dilation=2, bias=False)]), torch.randn(2, 4, 5)
    yield "pool_dilated", nn.Sequential(nn.Conv2d(1, 2, 1), nn.MaxPool2d(3, stride=1, padding=1, dilation=2)), layer("Sequential", modules=[layer("Conv2d"), layer("MaxPool2d", kernel_size=3, stride=1, padding=1, dilation=2)]), torch.randn(1, 1, 9, 9)
    yield "norms", nn.Sequential(nn.Conv2d(3, 6, 1), nn.GroupNorm(3, 6), nn.BatchNorm2d(6, affine=False, eps=1e-3), nn.GroupNorm(2, 6, affine=False), nn.LayerNorm([5, 4])), layer("Sequential", modules=[
        layer("Conv2d"), layer("GroupNorm", num_groups=3), layer("BatchNorm2d", affine=False, eps=1e-3), layer("GroupNorm", num_groups=2, affine=False), layer("LayerNorm")]), torch.randn(2, 3, 5, 4)
    yield "layernorm_plain", nn.Sequential(nn.Linear(4, 5), nn.LayerNorm(5, elementwise_affine=False)), layer("Sequential", modules=[layer("Linear"), layer("LayerNorm", normalized_shape=5, elementwise_affine=False)]), torch.randn(3, 4)
    yield "residual", nn.Sequential(nn.Conv2d(3, 4, 3), Block(4, 6, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 2)), layer("Sequential", modules=[
        layer("Conv2d"),
        layer("Residual", modules={"c1": layer("Conv2d", stride=2, padding=1), "b1": layer("BatchNorm2d"), "relu": layer("ReLU"), "c2": layer("Conv2d", padding=1), "b2": layer("BatchNorm2d")},
              shortcut={"down": layer("Sequential", modules=[layer("Conv2d", stride=2), layer("BatchNorm2d")])}, activation="ReLU"),
        layer("AdaptiveAvgPool2d"), layer("Flatten"), layer("Linear")]), torch.randn(2, 3, 9, 9)
    for kind in ("LSTM", "GRU"):
        for how in ({}, {"bidirectional": True}, {"num_layers": 2}, {"num_layers": 2, "bidirectional": True, "bias": False}):
            module = Tagger(getattr(nn, kind), **how)
            name = "_".join([kind.lower(), *[f"{k}{v}" for k, v in how.items()]])
            yield name, module, layer("Module", modules={"embed": layer("Embedding"), "rnn": layer(kind, batch_first=True, output="last", **how), "head": layer("Linear")}), torch.randint(0, 20, (3, 7))
    for output in ("sequence", "last", "hidden"):
        for kind in ("LSTM", "GRU", "RNN"):
            for how in ({"batch_first": True}, {}, {"batch_first": True, "bidirectional": True, "num_layers": 2}):
                yield f"{kind.lower()}_{output}_{'_'.join(how) or 'plain'}", *rnn_case(kind, output, **how)
    yield "rnn_relu", *rnn_case("RNN", "sequence", batch_first=True, nonlinearity="relu")
    yield "embedding_mean", nn.Sequential(nn.Embedding(30, 8, padding_idx=0), MeanOver(1), nn.Linear(8, 2)), layer("Sequential", modules=[layer("Embedding", padding_idx=0), layer("Mean", dim=1), layer("Linear")]), torch.randint(0, 30, (4, 6))
    yield "flatten_some", nn.Sequential(nn.Conv2d(1, 2, 1), nn.Flatten(2, 3), nn.Flatten(0, 1), nn.Linear(12, 2)), layer("Sequential", modules=[layer("Conv2d"), layer("Flatten", start_dim=2, end_dim=3), layer("Flatten", start_dim=0, end_dim=1), layer("Linear")]), torch.randn(2, 1, 3, 4)


class MeanOver(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return x.mean(self.dim)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--names", nargs="*")
    options = parser.parse_args()
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    for name, module, described, inputs in cases():
        if options.names is not None and name not in options.names:
            continue
        for key, tensor in module.state_dict().items():
            if key.endswith("running_mean"):
                tensor.normal_()
            elif key.endswith("running_var"):
                tensor.uniform_(0.5, 2)
            elif tensor.dtype == torch.float32 and tensor.dim() == 1:
                tensor.normal_()
        module.eval()
        with torch.no_grad():
            outputs = module(inputs)
        torch.save(module.state_dict(), out / f"{name}.pth")
        with torch.no_grad():
            exact = module.double()(inputs.double() if inputs.is_floating_point() else inputs)
        # How far PyTorch's own float32 is from its float64: no other order of the sums can be held to less.
        noise = ((outputs.double() - exact).abs() / exact.abs().clamp(min=1)).max().item()
        tensor = lambda t: {"shape": list(t.shape), "dtype": str(t.dtype).removeprefix("torch."), "data": t.flatten().tolist()}
        # Layers that take any number of dimensions do not tell how many there are.
        stated = {"shape": ["batch", "steps", 4]} if name == "linear_3d" else None
        about = {"module": described, "input": {**tensor(inputs), "stated": stated}, "output": tensor(outputs), "noise": noise}
        (out / f"{name}.json").write_text(json.dumps(about) + "\n")
    print(torch.__version__)


if __name__ == "__main__":
    main()
