"""Whole networks of the kinds that people train, in plain torch.nn, small."""

import math

import torch
import torch.nn.functional as F
from case import b, case, f, i
from torch import nn


class Function(nn.Module):
    """Parts and what is done with them."""

    def __init__(self, forward, **parts):
        super().__init__()
        for name, part in parts.items():
            if isinstance(part, nn.Module):
                self.add_module(name, part)
            elif isinstance(part, nn.Parameter):
                self.register_parameter(name, part)
            else:
                self.register_buffer(name, part)
        self.run = forward

    def forward(self, *args, **kwargs):
        return self.run(self, *args, **kwargs)


class Residual(nn.Module):
    def __init__(self, c, out, stride=1):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(c, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True),
            nn.Conv2d(out, out, 3, 1, 1, bias=False), nn.BatchNorm2d(out))
        self.down = nn.Sequential(nn.Conv2d(c, out, 1, stride, bias=False), nn.BatchNorm2d(out)) if stride != 1 or c != out else None
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        identity = x if self.down is None else self.down(x)
        out = self.body(x)
        out += identity
        return self.relu(out)


class Bottleneck(nn.Module):
    """MobileNet's block, with squeeze and excitation as EfficientNet has it."""

    def __init__(self, c, out, stride, act, se=True):
        super().__init__()
        wide = c * 3
        self.expand = nn.Sequential(nn.Conv2d(c, wide, 1, bias=False), nn.BatchNorm2d(wide), act())
        self.depth = nn.Sequential(nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False), nn.BatchNorm2d(wide), act())
        self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(wide, 4, 1), nn.ReLU(), nn.Conv2d(4, wide, 1), nn.Hardsigmoid()) if se else None
        self.project = nn.Sequential(nn.Conv2d(wide, out, 1, bias=False), nn.BatchNorm2d(out))
        self.skip = stride == 1 and c == out

    def forward(self, x):
        y = self.depth(self.expand(x))
        if self.squeeze is not None:
            y = y * self.squeeze(y)
        y = self.project(y)
        return x + y if self.skip else y


class Dense(nn.Module):
    def __init__(self, c, growth=4, layers=3):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(c + growth * k), nn.ReLU(), nn.Conv2d(c + growth * k, growth, 3, padding=1, bias=False)) for k in range(layers))
        self.end = nn.Sequential(nn.BatchNorm2d(c + growth * layers), nn.ReLU(), nn.Conv2d(c + growth * layers, 6, 1), nn.AvgPool2d(2, 2))

    def forward(self, x):
        found = [x]
        for layer in self.layers:
            found.append(layer(torch.cat(found, 1)))
        return self.end(torch.cat(found, 1))


class UNet(nn.Module):
    def __init__(self, transposed):
        super().__init__()
        self.a = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU())
        self.b = nn.Sequential(nn.Conv2d(4, 8, 3, padding=1), nn.ReLU())
        self.up = nn.ConvTranspose2d(8, 4, 2, 2) if transposed else nn.Sequential(nn.Upsample(scale_factor=2, mode='bilinear', align_corners=True), nn.Conv2d(8, 4, 1))
        self.c = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        skip = self.a(x)
        y = self.up(self.b(F.max_pool2d(skip, 2)))
        dy, dx = skip.size(2) - y.size(2), skip.size(3) - y.size(3)
        y = F.pad(y, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
        return torch.sigmoid(self.c(torch.cat([skip, y], 1)))


class Chomp(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.n = n

    def forward(self, x):
        return x[:, :, : -self.n].contiguous()


class Causal(nn.Module):
    def __init__(self, width=8, heads=2):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(approximate='tanh'), nn.Linear(4 * width, width))
        self.heads = heads
        self.register_buffer('mask', torch.tril(torch.ones(16, 16)).view(1, 1, 16, 16), persistent=False)

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.qkv(self.ln1(x)).split(C, dim=2)
        q, k, v = (t.view(B, T, self.heads, C // self.heads).transpose(1, 2) for t in (q, k, v))
        att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        att = att.masked_fill(self.mask[:, :, :T, :T] == 0, float('-inf'))
        y = F.softmax(att, dim=-1) @ v
        x = x + self.out(y.transpose(1, 2).contiguous().view(B, T, C))
        return x + self.mlp(self.ln2(x))


class GPT(nn.Module):
    def __init__(self, vocab=20, width=8):
        super().__init__()
        self.tok, self.pos = nn.Embedding(vocab, width), nn.Embedding(16, width)
        self.blocks = nn.Sequential(Causal(), Causal())
        self.ln, self.head = nn.LayerNorm(width), nn.Linear(width, vocab, bias=False)
        self.head.weight = self.tok.weight

    def forward(self, idx):
        x = self.tok(idx) + self.pos(torch.arange(idx.size(1), device=idx.device))
        return self.head(self.ln(self.blocks(x)))


class ViT(nn.Module):
    def __init__(self, width=12):
        super().__init__()
        self.patch = nn.Conv2d(3, width, 4, 4)
        self.cls = nn.Parameter(torch.randn(1, 1, width))
        self.pos = nn.Parameter(torch.randn(1, 5, width))
        layer = nn.TransformerEncoderLayer(width, 3, 24, batch_first=True, norm_first=True, activation='gelu')
        self.encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(width), enable_nested_tensor=False)
        self.head = nn.Linear(width, 5)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], 1) + self.pos
        return self.head(self.encoder(x)[:, 0])


class Rope(nn.Module):
    """A Llama-like block: RMS norm, rotary positions, grouped heads, gated MLP."""

    def __init__(self, width=16, heads=4, groups=2):
        super().__init__()
        self.heads, self.groups, self.size = heads, groups, width // heads
        self.q, self.k, self.v = nn.Linear(width, width, bias=False), nn.Linear(width, groups * self.size, bias=False), nn.Linear(width, groups * self.size, bias=False)
        self.o = nn.Linear(width, width, bias=False)
        self.gate, self.up, self.down = nn.Linear(width, 32, bias=False), nn.Linear(width, 32, bias=False), nn.Linear(32, width, bias=False)
        self.w = nn.Parameter(torch.rand(width) + 0.5)
        self.register_buffer('inv', 1.0 / (10000 ** (torch.arange(0, self.size, 2).float() / self.size)), persistent=False)

    def norm(self, x):
        return self.w * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))

    def rotate(self, x, cos, sin):
        a, c = x.chunk(2, -1)
        return x * cos + torch.cat((-c, a), -1) * sin

    def forward(self, x):
        B, T, _ = x.shape
        angles = torch.outer(torch.arange(T).float(), self.inv)
        cos, sin = torch.cat((angles, angles), -1).cos(), torch.cat((angles, angles), -1).sin()
        h = self.norm(x)
        q = self.q(h).view(B, T, self.heads, self.size).transpose(1, 2)
        k = self.k(h).view(B, T, self.groups, self.size).transpose(1, 2)
        v = self.v(h).view(B, T, self.groups, self.size).transpose(1, 2)
        q, k = self.rotate(q, cos, sin), self.rotate(k, cos, sin)
        k, v = (t[:, :, None].expand(B, self.groups, self.heads // self.groups, T, self.size).reshape(B, self.heads, T, self.size) for t in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.o(y.transpose(1, 2).reshape(B, T, -1))
        h = self.norm(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Seq2Seq(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Transformer(8, 2, 1, 1, 16, batch_first=True)

    def forward(self, src, tgt):
        mask = torch.triu(torch.full((tgt.shape[1], tgt.shape[1]), float('-inf')), 1)
        return self.model(src, tgt, tgt_mask=mask, tgt_is_causal=False)


class Encoder(nn.Module):
    def __init__(self, first=True, norm_first=False, activation='relu'):
        super().__init__()
        self.emb = nn.Embedding(20, 8, padding_idx=0)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=first, norm_first=norm_first, activation=activation), 2, enable_nested_tensor=False)
        self.head = nn.Linear(8, 3)

    def forward(self, ids):
        pad = ids == 0
        y = self.encoder(self.emb(ids), src_key_padding_mask=pad)
        kept = (~pad).unsqueeze(-1).float()
        return self.head((y * kept).sum(1) / kept.sum(1).clamp(min=1))


class Unrolled(nn.Module):
    """Cells in a loop, as hand-written decoders have them."""

    def __init__(self):
        super().__init__()
        self.cell, self.out = nn.GRUCell(4, 5), nn.Linear(5, 2)

    def forward(self, x):
        h = x.new_zeros(x.size(0), 5)
        found = []
        for t in range(x.size(1)):
            h = self.cell(x[:, t], h)
            found.append(self.out(h))
        return torch.stack(found, 1), h


class CRNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d((2, 1)))
        self.rnn = nn.LSTM(16, 6, bidirectional=True)
        self.out = nn.Linear(12, 7)

    def forward(self, x):
        y = self.cnn(x)
        B, C, H, W = y.shape
        y = y.permute(3, 0, 1, 2).reshape(W, B, C * H)
        return F.log_softmax(self.out(self.rnn(y)[0]), 2)


def no_grad_inside(self, x):
    with torch.no_grad():
        y = self.a(x)
    return self.b(F.relu(y))


def squash(module):
    """Batch norms with statistics as after training."""
    for part in module.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm) and part.running_mean is not None:
            nn.init.normal_(part.running_mean, 0, 0.5)
            nn.init.uniform_(part.running_var, 0.5, 2)
            nn.init.uniform_(part.weight, 0.5, 1.5)
    return module


def cases():
    image = f(2, 3, 16, 16)
    flat = nn.Flatten()
    tail = lambda c: (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, 5))
    yield case('net_mlp', nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3), nn.Softmax(1)), f(3, 4), sizes=(1, 7))
    yield case('net_cnn', nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(True), nn.MaxPool2d(2), nn.Conv2d(4, 6, 5), nn.ELU(), flat, nn.Linear(6 * 16, 5)), image)
    yield case('net_resnet', squash(nn.Sequential(nn.Conv2d(3, 4, 7, 2, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(True), nn.MaxPool2d(3, 2, 1), Residual(4, 4), Residual(4, 8, 2), *tail(8))), image)
    yield case('net_mobilenet', squash(nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), Bottleneck(4, 4, 1, nn.Hardswish), Bottleneck(4, 6, 2, nn.ReLU6, False), *tail(6))), image)
    yield case('net_efficientnet', squash(nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), Bottleneck(4, 4, 1, nn.SiLU), Bottleneck(4, 6, 2, nn.SiLU), *tail(6))), image)
    yield case('net_vgg', squash(nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(True), nn.MaxPool2d(2, 2), nn.Conv2d(4, 6, 3, padding=1), nn.ReLU(True), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d((7, 7)), flat, nn.Linear(6 * 49, 5))), image)
    yield case('net_densenet', squash(nn.Sequential(nn.Conv2d(3, 4, 3), Dense(4), *tail(6))), image)
    yield case('net_unet', squash(UNet(True)), image)
    yield case('net_unet_odd', squash(UNet(False)), f(2, 3, 15, 17))
    yield case('net_tcn', nn.Sequential(*[nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Conv1d(3 if k == 0 else 5, 5, 2, padding=2**k, dilation=2**k)), Chomp(2**k), nn.ReLU()) for k in range(3)]), f(3, 3, 12))
    yield case('net_gpt', GPT(), i(2, 6, low=0, high=20))
    yield case('net_vit', ViT(), f(2, 3, 8, 8))
    yield case('net_llama', Rope(), f(2, 5, 16))
    yield case('net_seq2seq', Seq2Seq(), f(2, 5, 8), f(2, 4, 8))
    for k, options in enumerate([{}, {'norm_first': True}, {'activation': 'gelu'}]):
        ids = i(3, 6, low=1, high=20)
        ids[1, 4:] = 0
        yield case(f'net_encoder_{k}', Encoder(**options), ids)
    yield case('net_lstm_tagger', Function(lambda s, x: s.out(s.rnn(s.emb(x))[0]), emb=nn.Embedding(20, 4), rnn=nn.LSTM(4, 5, 2, batch_first=True, bidirectional=True), out=nn.Linear(10, 6)), i(3, 7, low=0, high=20))
    yield case('net_gru_last', Function(lambda s, x: s.out(s.rnn(x)[1][-1]), rnn=nn.GRU(4, 5, 2, batch_first=True), out=nn.Linear(5, 2)), f(3, 7, 4))
    yield case('net_lstm_last', Function(lambda s, x: s.out(torch.cat(s.rnn(x)[1][0].unbind(0), 1)), rnn=nn.LSTM(4, 5, batch_first=True, bidirectional=True), out=nn.Linear(10, 2)), f(3, 7, 4))
    yield case('net_unrolled', Unrolled(), f(3, 4, 4))
    yield case('net_crnn', CRNN(), f(2, 1, 8, 10))
    yield case('net_attention_rnn', Function(lambda s, x: s.out((torch.softmax(s.score(torch.tanh(s.rnn(x)[0])), 1) * s.rnn(x)[0]).sum(1)), rnn=nn.GRU(4, 5, batch_first=True), score=nn.Linear(5, 1), out=nn.Linear(5, 2)), f(3, 6, 4))
    yield case('net_bag', Function(lambda s, x, d: torch.sigmoid(s.out(torch.cat([s.bag(x), torch.log1p(d)], 1))).squeeze(1), bag=nn.EmbeddingBag(20, 4, mode='mean'), out=nn.Linear(6, 1)), i(3, 5, low=0, high=20), torch.rand(3, 2))
    yield case('net_recommender', Function(lambda s, u, v: (s.u(u) * s.v(v)).sum(1) + s.bu(u).squeeze(-1) + s.bv(v).squeeze(-1), u=nn.Embedding(9, 4), v=nn.Embedding(9, 4), bu=nn.Embedding(9, 1), bv=nn.Embedding(9, 1)), i(3, low=0, high=9), i(3, low=0, high=9))
    yield case('net_wide_deep', Function(lambda s, x, k: torch.sigmoid(s.wide(x) + s.deep(torch.cat([x] + [e(k[:, j]) for j, e in enumerate(s.embs)], 1))), wide=nn.Linear(3, 1), deep=nn.Sequential(nn.Linear(9, 8), nn.ReLU(), nn.Linear(8, 1)), embs=nn.ModuleList([nn.Embedding(5, 2) for _ in range(3)])), f(3, 3), i(3, 3, low=0, high=5))
    yield case('net_autoencoder', Function(lambda s, x: (lambda m, v: {'mean': m, 'logvar': v, 'x': s.d(m + torch.exp(0.5 * v))})(*s.e(x).chunk(2, 1)), e=nn.Linear(6, 8), d=nn.Linear(4, 6)), f(3, 6))
    yield case('net_dict', Function(lambda s, x, y: {'logits': s.a(x), 'aux': {'p': torch.softmax(s.b(y), 1), 'list': [x.sum(1), None]}}, a=nn.Linear(4, 3), b=nn.Linear(5, 3)), f(3, 4), f(3, 5))
    yield case('net_multi', Function(lambda s, x, y: (s.a(x) @ s.b(y).t(), x.mean(1), [y.argmax(1)]), a=nn.Linear(4, 3), b=nn.Linear(5, 3)), f(3, 4), f(3, 5))
    yield case('net_no_grad', Function(no_grad_inside, a=nn.Linear(4, 5), b=nn.Linear(5, 2)), f(3, 4))
    yield case('net_input_is_output', Function(lambda s, x: (x, s.a(x), s.w), a=nn.Linear(4, 3), w=torch.arange(3.0)), f(3, 4))
    yield case('net_siamese', Function(lambda s, x, y: F.cosine_similarity(s.a(x), s.a(y)), a=nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))), f(3, 4), f(3, 4))
    yield case('net_highway', Function(lambda s, x: torch.sigmoid(s.t(x)) * F.relu(s.h(x)) + (1 - torch.sigmoid(s.t(x))) * x, t=nn.Linear(4, 4), h=nn.Linear(4, 4)), f(3, 4))
    yield case('net_nbeats', Function(lambda s, x: (lambda th: (x - th[:, :6] @ s.back, th[:, 6:] @ s.fore))(s.fc(x)), fc=nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 10)), back=f(6, 8), fore=f(4, 3)), f(3, 8))
    yield case('net_mixer', Function(lambda s, x: (lambda y: y + s.ch(s.n2(y)))(x + s.tok(s.n1(x).transpose(1, 2)).transpose(1, 2)), n1=nn.LayerNorm(6), n2=nn.LayerNorm(6), tok=nn.Sequential(nn.Linear(5, 8), nn.GELU(), nn.Linear(8, 5)), ch=nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Linear(8, 6))), f(3, 5, 6))
    yield case('net_convnext', Function(lambda s, x: x + s.body(s.n(s.dw(x).permute(0, 2, 3, 1))).mul(s.gamma).permute(0, 3, 1, 2), dw=nn.Conv2d(4, 4, 7, padding=3, groups=4), n=nn.LayerNorm(4, eps=1e-6), body=nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4)), gamma=f(4)), f(2, 4, 9, 9))
    yield case('net_inception', Function(lambda s, x: torch.cat([s.a(x), s.b(x), s.c(F.avg_pool2d(x, 3, 1, 1))], 1), a=nn.Conv2d(3, 2, 1), b=nn.Conv2d(3, 2, 5, padding=2), c=nn.Conv2d(3, 2, 1)), image)
    yield case('net_shuffle', Function(lambda s, x: (lambda a, c: F.channel_shuffle(torch.cat([a, s.b(c)], 1), 2))(*x.chunk(2, 1)), b=nn.Conv2d(2, 2, 3, padding=1)), f(2, 4, 6, 6))
    yield case('net_superres', Function(lambda s, x: F.pixel_shuffle(s.b(F.relu(s.a(x))), 2) + F.interpolate(x, scale_factor=2, mode='bicubic'), a=nn.Conv2d(3, 6, 3, padding=1), b=nn.Conv2d(6, 12, 3, padding=1)), f(2, 3, 6, 6))
    yield case('net_gcn', Function(lambda s, x, a: s.w(torch.bmm(a, F.relu(s.v(x)))).mean(1), w=nn.Linear(5, 2), v=nn.Linear(4, 5)), f(3, 6, 4), torch.rand(3, 6, 6))
    yield case('net_cross', Function(lambda s, x: x * (x @ s.w).unsqueeze(1) + s.c + x, w=f(5), c=f(5)), f(3, 5))
    yield case('net_fm', Function(lambda s, x: s.l(x) + 0.5 * ((x @ s.v) ** 2 - (x**2) @ (s.v**2)).sum(1, keepdim=True), l=nn.Linear(5, 1), v=f(5, 3)), f(3, 5))
    yield case('net_double', nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2)).double(), f(3, 4, dtype=torch.float64))
    yield case('net_kwargs', Function(lambda s, x, *, mask: s.a(x).masked_fill(mask, 0), a=nn.Linear(4, 3)), f(3, 4), batch=None, kwargs={'mask': b(3, 3)})
    state = Function(lambda s, x: x + s.count.add_(1), count=torch.zeros(1))
    yield case('net_state', state, f(3, 4), batch=None, refuse=True)
    yield case('net_training', nn.Sequential(nn.Linear(4, 4)), f(3, 4))
