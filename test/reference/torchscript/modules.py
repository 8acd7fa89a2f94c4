"""Networks as people write them, each with the inputs that it is traced with and asked with.

`CASES` maps a name to a function that gives (module, list of input tuples, ways), where `ways` are 'trace', 'script' or
both. The first inputs are those of the trace.
"""

import math
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import nn

CASES = {}


def case(*ways):
    def add(make):
        CASES[make.__name__] = (make, ways or ("trace", "script"))
        return make

    return add


def rows(*shape, counts=(4, 1)):
    return [(torch.randn(n, *shape),) for n in counts]


@case()
def mlp():
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(inplace=True), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 3), nn.Softmax(-1)), rows(6, counts=(4, 1, 9))


@case()
def activations():
    acts = [nn.ELU(), nn.SELU(), nn.CELU(1.3), nn.GELU(), nn.GELU("tanh"), nn.SiLU(), nn.Mish(), nn.Hardswish(), nn.Hardsigmoid(), nn.Hardtanh(-2, 1.5),
            nn.LeakyReLU(0.2), nn.PReLU(3), nn.ReLU6(), nn.Softplus(2.0, 5.0), nn.Softsign(), nn.Softshrink(0.3), nn.Hardshrink(0.4), nn.Tanhshrink(),
            nn.LogSigmoid(), nn.Threshold(0.1, 20.0), nn.GLU(-1), nn.Softmin(1), nn.LogSoftmax(1)]

    class Each(nn.Module):
        def __init__(self):
            super().__init__()
            self.acts = nn.ModuleList(acts)

        def forward(self, x):
            out = []
            for act in self.acts:
                if isinstance(act, nn.GLU):
                    out.append(act(torch.cat([x, x + 1], -1)))
                else:
                    out.append(act(x))
            return out

    return Each(), [(torch.randn(n, 3) * 3,) for n in (5, 1)]


@case()
def resnet():
    class Block(nn.Module):
        def __init__(self, cin, cout, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(cout)
            self.relu = nn.ReLU(inplace=True)
            self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(cout)
            self.downsample = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout)) if stride != 1 or cin != cout else None

        def forward(self, x):
            identity = x
            out = self.relu(self.bn1(self.conv1(x)))
            out = self.bn2(self.conv2(out))
            if self.downsample is not None:
                identity = self.downsample(x)
            out += identity
            return self.relu(out)

    net = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1), Block(8, 8, 1), Block(8, 16, 2),
                        nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(1), nn.Linear(16, 5))
    return net, rows(3, 32, 32, counts=(2, 1))


@case()
def mobilenet():
    class SE(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.fc1 = nn.Conv2d(c, 4, 1)
            self.fc2 = nn.Conv2d(4, c, 1)

        def forward(self, x):
            s = F.adaptive_avg_pool2d(x, 1)
            s = F.hardsigmoid(self.fc2(F.relu(self.fc1(s))), inplace=True)
            return x * s

    class Inverted(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Conv2d(6, 12, 1, bias=False), nn.BatchNorm2d(12), nn.Hardswish(inplace=True),
                                     nn.Conv2d(12, 12, 5, 1, 2, groups=12, bias=False), nn.BatchNorm2d(12), nn.ReLU6(inplace=True), SE(12), nn.Conv2d(12, 6, 1))

        def forward(self, x):
            return x + self.net(x)

    return nn.Sequential(nn.Conv2d(3, 6, 3, 2, 1), Inverted(), Inverted()), rows(3, 16, 16, counts=(2, 1))


@case()
def unet():
    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.Conv2d(1, 4, 3, padding=1)
            self.mid = nn.Conv2d(4, 8, 3, padding=1)
            self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
            self.out = nn.Conv2d(8, 2, 1)
            self.norm = nn.GroupNorm(2, 8)
            self.inst = nn.InstanceNorm2d(4, affine=True)

        def forward(self, x):
            a = F.relu(self.inst(self.down(x)))
            b = F.leaky_relu(self.norm(self.mid(F.max_pool2d(a, 2))), 0.1)
            c = self.up(b)
            d = F.interpolate(b, scale_factor=2.0, mode="bilinear", align_corners=False)[:, :4]
            return torch.sigmoid(self.out(torch.cat([a, c + d], dim=1)))

    return UNet(), rows(1, 12, 12, counts=(2, 1))


@case()
def pools():
    class Pools(nn.Module):
        def forward(self, x):
            return (F.avg_pool2d(x, 3, 2, 1), F.avg_pool2d(x, 2, ceil_mode=True, count_include_pad=False), F.max_pool2d(x, 3, 1, 0, 2), F.adaptive_avg_pool2d(x, (3, 2)),
                    F.adaptive_max_pool2d(x, (2, 2)), F.interpolate(x, size=[7, 5], mode="nearest"), F.pad(x, [1, 2, 0, 1], value=0.5), F.pad(x, [1, 1, 1, 1], mode="reflect"),
                    F.pixel_shuffle(x, 2), x.flip(2), torch.roll(x, 1, 3), F.unfold(x, 2) if False else x.mean(dim=(2, 3)))

    return Pools(), rows(4, 6, 6, counts=(2, 1))


@case()
def conv1d_tcn():
    class Tcn(nn.Module):
        def __init__(self):
            super().__init__()
            self.convs = nn.ModuleList([nn.Conv1d(3 if i == 0 else 6, 6, 3, dilation=2**i) for i in range(3)])
            self.head = nn.Linear(6, 2)

        def forward(self, x):
            for i, conv in enumerate(self.convs):
                x = F.relu(conv(F.pad(x, (2 * 2**i, 0))))
            return self.head(x[:, :, -1])

    return Tcn(), rows(3, 20, counts=(3, 1))


def recurrent(kind, **options):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.emb = nn.Embedding(20, 5, padding_idx=0)
            self.rnn = getattr(nn, kind)(5, 6, **options)
            self.head = nn.Linear(6 * (2 if options.get("bidirectional") else 1), 3)
            self.first = options.get("batch_first", False)

        def forward(self, x):
            e = self.emb(x)
            if not self.first:
                e = e.transpose(0, 1)
            out, _ = self.rnn(e)
            last = out[:, -1] if self.first else out[-1]
            return self.head(last)

    net = Net()
    return net, [(torch.randint(0, 20, (n, 7)),) for n in (4, 1)]


@case()
def lstm():
    return recurrent("LSTM", num_layers=2, batch_first=True, dropout=0.2)


@case()
def lstm_bi():
    return recurrent("LSTM", bidirectional=True)


@case()
def gru():
    return recurrent("GRU", batch_first=True, bias=False)


@case()
def gru_bi():
    return recurrent("GRU", num_layers=2, bidirectional=True, batch_first=True)


@case()
def rnn_relu():
    return recurrent("RNN", nonlinearity="relu", batch_first=True)


@case()
def lstm_states():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(4, 5, batch_first=True)

        def forward(self, x):
            out, (h, c) = self.lstm(x)
            return {"out": out, "h": h, "c": c}

    return Net(), rows(6, 4, counts=(3, 1))


@case()
def cell_loop():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = nn.GRUCell(3, 4)
            self.lstm = nn.LSTMCell(4, 4)

        def forward(self, x):
            h = torch.zeros(x.size(0), 4)
            hx = torch.zeros(x.size(0), 4)
            cx = torch.zeros(x.size(0), 4)
            outs = []
            for t in range(x.size(1)):
                h = self.cell(x[:, t], h)
                hx, cx = self.lstm(h, (hx, cx))
                outs.append(hx)
            return torch.stack(outs, 1)

    return Net(), rows(5, 3, counts=(3, 1))


@case()
def transformer_encoder():
    layer = nn.TransformerEncoderLayer(8, 2, 16, 0.1, batch_first=True)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.enc = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
            self.head = nn.Linear(8, 2)

        def forward(self, x):
            return self.head(self.enc(x).mean(1))

    return Net(), rows(6, 8, counts=(3, 1))


@case()
def attention_mask():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.att = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x, mask):
            out, weights = self.att(x, x, x, key_padding_mask=mask)
            return out, weights

    masks = [torch.tensor([[False] * 4 + [True], [False] * 5, [False, True, False, True, False]]), torch.tensor([[False, False, True, True, True]])]
    return Net(), [(torch.randn(3, 5, 8), masks[0]), (torch.randn(1, 5, 8), masks[1])]


@case()
def gpt():
    class Block(nn.Module):
        def __init__(self, d, h):
            super().__init__()
            self.ln1, self.ln2 = nn.LayerNorm(d), nn.LayerNorm(d)
            self.qkv, self.proj = nn.Linear(d, 3 * d), nn.Linear(d, d)
            self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d))
            self.h = h
            self.register_buffer("mask", torch.tril(torch.ones(16, 16)).view(1, 1, 16, 16))

        def forward(self, x):
            b, t, d = x.size()
            q, k, v = self.qkv(self.ln1(x)).split(d, dim=2)
            q = q.view(b, t, self.h, d // self.h).transpose(1, 2)
            k = k.view(b, t, self.h, d // self.h).transpose(1, 2)
            v = v.view(b, t, self.h, d // self.h).transpose(1, 2)
            att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
            att = att.masked_fill(self.mask[:, :, :t, :t] == 0, float("-inf"))
            y = F.softmax(att, dim=-1) @ v
            x = x + self.proj(y.transpose(1, 2).contiguous().view(b, t, d))
            return x + self.mlp(self.ln2(x))

    class Gpt(nn.Module):
        def __init__(self):
            super().__init__()
            self.tok, self.pos = nn.Embedding(20, 8), nn.Embedding(16, 8)
            self.blocks = nn.ModuleList([Block(8, 2), Block(8, 2)])
            self.ln = nn.LayerNorm(8)
            self.head = nn.Linear(8, 20, bias=False)

        def forward(self, idx):
            pos = torch.arange(0, idx.size(1), dtype=torch.long, device=idx.device).unsqueeze(0)
            x = self.tok(idx) + self.pos(pos)
            for block in self.blocks:
                x = block(x)
            return self.head(self.ln(x))

    return Gpt(), [(torch.randint(0, 20, (n, 6)),) for n in (3, 1)]


@case()
def sdpa():
    class Net(nn.Module):
        def forward(self, q, k, v):
            return F.scaled_dot_product_attention(q, k, v, is_causal=True), F.scaled_dot_product_attention(q, k, v, scale=0.3)

    return Net(), [tuple(torch.randn(n, 2, 4, 6) for _ in range(3)) for n in (2, 1)]


@case()
def vit():
    class Vit(nn.Module):
        def __init__(self):
            super().__init__()
            self.patch = nn.Conv2d(3, 8, 4, 4)
            self.cls = nn.Parameter(torch.randn(1, 1, 8))
            self.pos = nn.Parameter(torch.randn(1, 17, 8))
            self.layer = nn.TransformerEncoderLayer(8, 2, 16, activation="gelu", norm_first=True, batch_first=True)
            self.head = nn.Linear(8, 4)

        def forward(self, x):
            x = self.patch(x).flatten(2).transpose(1, 2)
            x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], 1) + self.pos
            return self.head(self.layer(x)[:, 0])

    return Vit(), rows(3, 16, 16, counts=(2, 1))


@case()
def recommender():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.user, self.item = nn.Embedding(10, 4), nn.EmbeddingBag(12, 4, mode="sum")
            self.net = nn.Linear(8, 1)

        def forward(self, user, items):
            return torch.sigmoid(self.net(torch.cat([self.user(user), self.item(items)], 1))).squeeze(1)

    return Net(), [(torch.randint(0, 10, (n,)), torch.randint(0, 12, (n, 3))) for n in (4, 1)]


@case("script")
def branches():
    class Net(nn.Module):
        scale: float

        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(4, 4)
            self.scale = 2.5
            self.mode = "sum"

        def helper(self, x: torch.Tensor, power: int = 2) -> torch.Tensor:
            result = x
            for _ in range(power):
                result = result * x
            return result

        def forward(self, x: torch.Tensor, flag: bool = True, extra: Optional[torch.Tensor] = None) -> Dict[str, torch.Tensor]:
            y = self.lin(x)
            if x.dim() == 2 and flag:
                y = self.helper(y) * self.scale
            elif x.dim() == 3:
                y = y.mean(1)
            else:
                raise ValueError("no")
            if extra is not None:
                y = y + extra
            out: Dict[str, torch.Tensor] = {}
            names: List[str] = ["a", "b"]
            for i, name in enumerate(names):
                out[name] = y + float(i)
            if self.mode == "sum":
                out["sum"] = y.sum(dim=1, keepdim=True)
            return out

    return Net(), rows(4, counts=(3, 1))


class Pair(NamedTuple):
    left: torch.Tensor
    right: torch.Tensor


@case("script")
def named_tuple():
    class Net(nn.Module):
        def forward(self, x: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
            pair = Pair(x + 1, x * 2)
            return pair.left - pair.right, torch.stack([pair.left, pair.right]).amax(0)

    return Net(), rows(3, counts=(2, 1))


@case()
def in_place():
    class Net(nn.Module):
        def forward(self, x):
            y = x.clone()
            y[:, 0] = 5.0
            y[:, 1:3] += 2
            z = y.view(-1)
            z.mul_(2)
            w = torch.zeros_like(x)
            w[:, 2] = y[:, 1]
            w.add_(1).clamp_(max=3)
            t = y.transpose(0, 1)
            t[3].neg_()
            h = F.relu_(x - 1)
            return y, w, h

    return Net(), rows(4, counts=(3, 1))


@case()
def shapes():
    class Net(nn.Module):
        def forward(self, x):
            b, c, h, w = x.shape
            y = x.reshape(b, c // 2, 2, h * w).permute(0, 2, 1, 3).reshape(b, -1)
            z = x.view(b, c, -1).max(dim=2)[0]
            u = x.unsqueeze(1).expand(-1, 3, -1, -1, -1).sum(1).squeeze()
            k = torch.chunk(x, 2, dim=1)[1]
            s = torch.split(x, [1, 3], dim=1)[0]
            g = x.gather(2, torch.zeros(b, c, 1, w, dtype=torch.long))
            i = x.index_select(3, torch.tensor([2, 0]))
            n = x.new_zeros(b, 2) + x.mean((2, 3))[:, :2]
            return y, z, u, k, s, g, i, n

    return Net(), [(torch.randn(n, 4, 3, 5),) for n in (2, 3)]


@case()
def math_ops():
    class Net(nn.Module):
        def forward(self, x, y):
            return (x + y, x - 2 * y, x * y, x / (y.abs() + 1), x // (y.abs() + 1), x % 3, torch.pow(x.abs(), 1.5), x.abs().sqrt(), torch.exp(-x), torch.log1p(x.abs()),
                    torch.erf(x), torch.sin(x), torch.atan2(x, y), torch.where(x > y, x, y), torch.maximum(x, y), torch.clamp(x, -0.5, 0.5), x.floor(), x.round(), x.sign(),
                    torch.cumsum(x, 1), x.std(1), x.var(1, unbiased=False), x.norm(dim=1), torch.logsumexp(x, 1), x.argmax(1), torch.topk(x, 2, dim=1)[0], x.sort(1)[0],
                    (x > 0).float(), (x > 0) & (y > 0), x.to(torch.int64), torch.einsum("bi,bj->bij", x, y), x @ y.t(), x.prod(1), torch.isnan(x), x.triu(), x.mean())

    return Net(), [(torch.randn(n, n + 1) * 2, torch.randn(n, n + 1)) for n in (3,)] + [(torch.randn(3, 4) * 9, torch.randn(3, 4))]


@case()
def norms():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.ln, self.gn, self.bn = nn.LayerNorm([3, 4], elementwise_affine=True), nn.GroupNorm(3, 6), nn.BatchNorm1d(6)
            self.inorm, self.lrn = nn.InstanceNorm1d(6), nn.LocalResponseNorm(3)

        def forward(self, x):
            return self.ln(x.view(-1, 6, 3, 4)), self.gn(x), self.bn(x), self.inorm(x), F.normalize(x, dim=1), F.cosine_similarity(x, x + 1, dim=1), self.lrn(x.unsqueeze(-1))

    net = Net()
    net.bn.running_mean.uniform_(-1, 1)
    net.bn.running_var.uniform_(0.5, 2)
    return net, rows(6, 12, counts=(3, 1))


@case("trace")
def half_and_double():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(4, 3).double()

        def forward(self, x):
            return self.lin(x.double()).float()

    return Net(), rows(4, counts=(2, 1))


@case()
def conv3d_transpose():
    return nn.Sequential(nn.Conv3d(2, 4, (1, 3, 3), (1, 2, 1), (0, 1, 0)), nn.ReLU(), nn.ConvTranspose3d(4, 2, 2, 2, output_padding=1), nn.MaxPool3d(2)), rows(2, 3, 6, 6, counts=(2, 1))


@case()
def pixel_and_bilinear():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.bilinear = nn.Bilinear(3, 4, 2)

        def forward(self, x, y):
            return self.bilinear(x, y), torch.cdist(x, x), torch.outer(x[0], y[0])

    return Net(), [(torch.randn(n, 3), torch.randn(n, 4)) for n in (4, 1)]
