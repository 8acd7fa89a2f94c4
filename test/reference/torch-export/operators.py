"""One case per operator and kind of argument."""

import torch
import torch.nn.functional as F
from case import b, case, f, i
from torch import nn

UNARY = (
    'abs exp exp2 expm1 log log1p log2 log10 sqrt rsqrt reciprocal sin cos tan asin acos atan sinh cosh tanh asinh acosh '
    'atanh erf erfc sigmoid sign sgn floor ceil round trunc frac square neg isnan isinf isfinite isposinf isneginf '
    'signbit deg2rad rad2deg nan_to_num logit sinc positive relu logical_not'
).split()
ACTIVATIONS = {
    'relu': nn.ReLU(), 'relu6': nn.ReLU6(), 'leaky': nn.LeakyReLU(0.2), 'elu': nn.ELU(1.5), 'selu': nn.SELU(),
    'celu': nn.CELU(1.3), 'gelu': nn.GELU(), 'gelu_tanh': nn.GELU(approximate='tanh'), 'silu': nn.SiLU(),
    'mish': nn.Mish(), 'hardtanh': nn.Hardtanh(-2, 1.5), 'hardsigmoid': nn.Hardsigmoid(), 'hardswish': nn.Hardswish(),
    'softplus': nn.Softplus(), 'softplus_beta': nn.Softplus(2, 5), 'softsign': nn.Softsign(),
    'logsigmoid': nn.LogSigmoid(), 'tanhshrink': nn.Tanhshrink(), 'softshrink': nn.Softshrink(0.7),
    'hardshrink': nn.Hardshrink(0.7), 'threshold': nn.Threshold(0.1, 20), 'prelu': nn.PReLU(),
    'prelu_channels': nn.PReLU(5), 'rrelu': nn.RReLU(), 'softmin': nn.Softmin(-1), 'softmax': nn.Softmax(-1),
    'softmax1': nn.Softmax(1), 'log_softmax': nn.LogSoftmax(-1),
}
INPLACE = {
    'relu_': lambda x: torch.relu_(x * 2) + 1,
    'add_': lambda x: (x * 2).add_(1).mul_(3),
    'inplace_seen_twice': lambda x: inplace_twice(x),
    'fill_select': lambda x: fill_select(x),
    'slice_assign': lambda x: slice_assign(x),
    'mask_assign': lambda x: mask_assign(x),
    'index_assign': lambda x: index_assign(x),
    'view_then_write': lambda x: view_then_write(x),
    'base_then_view': lambda x: base_then_view(x),
    'transposed_write': lambda x: transposed_write(x),
    'loop_write': lambda x: loop_write(x),
    'copy_': lambda x: torch.zeros_like(x).copy_(x[0]),
    'zero_': lambda x: (x + 1).zero_() + x,
    'clamp_': lambda x: (x + 1).clamp_(-1, 1),
    'sub_slice': lambda x: sub_slice(x),
}


def inplace_twice(x):
    y = x * 2
    z = y
    z += 1
    return y, z


def fill_select(x):
    y = x.clone()
    y[:, 0] = 5.0
    y.select(1, 1).fill_(7)
    return y


def slice_assign(x):
    y = torch.zeros_like(x)
    y[:, 1:3] = x[:, 0:2] * 2
    y[:, -1] = x[:, 0]
    return y


def mask_assign(x):
    y = x.clone()
    y[y > 0] = 0.5
    return y


def index_assign(x):
    y = x.clone()
    y[:, torch.tensor([0, 2])] = 1.5
    return y


def view_then_write(x):
    y = x * 1
    v = y.view(-1)
    v.mul_(2)
    return y, v


def base_then_view(x):
    y = x * 1
    v = y[:, 1:]
    y.add_(10)
    return v * 2


def transposed_write(x):
    y = x * 1
    y.t().add_(torch.arange(x.shape[0]).float())
    return y


def loop_write(x):
    y = torch.zeros_like(x)
    for k in range(4):
        y[:, k] = x[:, k] * k
    return y.unsqueeze(1).squeeze(1)


def sub_slice(x):
    y = x * 1
    y[:, 1:3] -= 1
    y[..., 0] *= 2
    return y


def pointwise():
    for name in UNARY:
        yield case(f'unary_{name}', getattr(torch, name), f(3, 5) * 3, hard=True)
    for name in 'exp sqrt sin log1p round floor abs sigmoid sign square neg'.split():
        if name not in ('round', 'floor'):
            yield case(f'unary_int_{name}', getattr(torch, name), i(3, 5))
        yield case(f'unary_double_{name}', getattr(torch, name), f(3, 5, dtype=torch.float64))
    yield case('round_decimals', lambda x: (torch.round(x, decimals=2), torch.round(x * 100, decimals=-1)), f(3, 5) * 9)
    yield case('erfc_tail', torch.special.erfc if hasattr(torch.special, 'erfc') else torch.erfc, f(3, 5))
    for name, module in ACTIVATIONS.items():
        # PyTorch itself gives NaN or infinity for gelu(inf), by the place in its vector registers.
        yield case(f'act_{name}', module, f(3, 5, 4) * 3, hard=not name.startswith('gelu'))
    yield case('relu_int', torch.relu, i(3, 4))
    yield case('logit_eps', lambda x: torch.logit(x, eps=0.1), torch.rand(3, 4))
    yield case('glu', lambda x: F.glu(x, 1), f(3, 6))
    yield case('nan_to_num_values', lambda x: torch.nan_to_num(x, 1.0, 2.0, -3.0), f(3, 6), hard=True)
    for name, function in INPLACE.items():
        yield case(f'inplace_{name}', function, f(3, 4))


def arithmetic():
    pairs = {'float': (f(3, 4), f(3, 4)), 'mixed': (f(3, 4), i(3, 4, low=1)), 'int': (i(3, 4), i(3, 4, low=1)),
             'negative_int': (i(3, 4), i(3, 4, low=-7, high=-1)), 'broadcast': (f(3, 4), f(4)),
             'small': (i(3, 4, dtype=torch.int8), i(3, 4, low=1, dtype=torch.int8)),
             'int32': (i(3, 4, dtype=torch.int32), i(3, 4, low=1)), 'uint8': (i(3, 4, low=0, dtype=torch.uint8), i(3, 4, low=1, dtype=torch.uint8)),
             'double': (f(3, 4, dtype=torch.float64), f(3, 4)), 'scalar_tensor': (f(3, 4), torch.tensor(2.5, dtype=torch.float64)),
             'int_scalar_tensor': (i(3, 4), torch.tensor(2.5))}
    for name in 'add sub mul div maximum minimum remainder fmod floor_divide eq ne lt le gt ge'.split():
        for kind, (x, y) in pairs.items():
            yield case(f'{name}_{kind}', getattr(torch, name), x, y, hard=kind == 'float')
    for value in (2, 2.5, -3, True):
        for name in 'add sub mul div remainder fmod floor_divide eq lt ge'.split():
            if value is True and name in ('sub', 'remainder', 'fmod', 'floor_divide', 'div'):
                continue
            for kind, x in (('float', f(3, 4)), ('int', i(3, 4)), ('int32', i(3, 4, dtype=torch.int32)), ('uint8', i(3, 4, low=0, dtype=torch.uint8))):
                if kind == 'uint8' and value == -3:
                    continue
                yield case(f'{name}_{kind}_{value}', lambda x, name=name, value=value: getattr(torch, name)(x, value), x)
    for mode in ('trunc', 'floor'):
        for kind, (x, y) in pairs.items():
            yield case(f'div_{mode}_{kind}', lambda x, y, mode=mode: torch.div(x, y, rounding_mode=mode), x, y, hard=kind == 'float')
    yield case('rsub', lambda x: (1 - x, 2.5 - x, 3 / x), f(3, 4), hard=True)
    yield case('rsub_int', lambda x: (1 - x, 2.5 - x, 3 / x), i(3, 4, low=1))
    yield case('alpha', lambda x, y: (torch.add(x, y, alpha=2.5), torch.sub(x, y, alpha=2)), f(3, 4), f(3, 4))
    for power in (0, 1, 2, 3, 0.5, -1, -0.5, -2, 2.3, 4):
        yield case(f'pow_{power}', lambda x, p=power: x**p, f(3, 4), hard=True)
    yield case('pow_int', lambda x: (x**2, x**3, x**0, x**2.5), i(3, 4, low=0))
    yield case('pow_tensor', torch.pow, torch.rand(3, 4), f(3, 4))
    yield case('pow_scalar_base', lambda x: (2**x, 0.5**x), f(3, 4))
    yield case('float_power', lambda x: torch.float_power(x, 2.0), f(3, 4))
    yield case('bool_arith', lambda x, y: (x & y, x | y, x ^ y, ~x, x + y, x * y, torch.logical_xor(x, y)), b(3, 4), b(3, 4))
    yield case('bit_arith', lambda x, y: (x & y, x | y, x ^ y, ~x, x << 2, x >> 1), i(3, 4), i(3, 4))
    yield case('logical', lambda x, y: (torch.logical_and(x, y), torch.logical_or(x, y), torch.logical_not(x)), f(3, 4), i(3, 4, low=0, high=2), hard=True)
    yield case('clamp', lambda x: (x.clamp(-1, 1), x.clamp(min=0), x.clamp(max=0.5), x.clamp(2, 1)), f(3, 4), hard=True)
    yield case('clamp_int', lambda x: (x.clamp(-1, 3), x.clamp(min=0.5), x.clamp(max=2)), i(3, 4))
    yield case('clamp_tensor', lambda x, y, z: (torch.clamp(x, y, z), torch.clamp(x, min=y), torch.clamp(x, max=z)), f(3, 4), f(4), f(3, 4), hard=True)
    yield case('atan2', torch.atan2, f(3, 4), f(3, 4), hard=True)
    yield case('hypot', torch.hypot, f(3, 4), f(3, 4), hard=True)
    yield case('xlogy', torch.xlogy, f(3, 4).abs(), torch.rand(3, 4), hard=True)
    yield case('logaddexp', torch.logaddexp, f(3, 4), f(3, 4), hard=True)
    yield case('fmax', lambda x, y: (torch.fmax(x, y), torch.fmin(x, y)), f(3, 4), f(3, 4), hard=True)
    yield case('lerp', lambda x, y: (torch.lerp(x, y, 0.3), torch.lerp(x, y, 0.7), torch.lerp(x, y, torch.sigmoid(x))), f(3, 4), f(3, 4))
    yield case('addcmul', lambda x, y: (torch.addcmul(x, x, y, value=0.5), torch.addcdiv(x, x, y, value=2)), f(3, 4), f(3, 4))
    yield case('where', lambda c, x, y: (torch.where(c, x, y), torch.where(c, x, 0.0), torch.where(c, 1, y), torch.where(c, 1.0, 0.0)), b(3, 4), f(3, 4), f(3, 4))
    yield case('where_int', lambda c, x: (torch.where(c, x, 3), torch.where(c, x, 2.5)), b(3, 4), i(3, 4))
    yield case('where_bool', lambda c, x: torch.where(c, x, ~x), b(3, 4), b(3, 4))
    yield case('isclose', lambda x, y: (torch.isclose(x, y), torch.isclose(x, x, equal_nan=True)), f(3, 4), f(3, 4), hard=True)


def conversions():
    kinds = {'float': f(3, 4) * 50, 'double': f(3, 4, dtype=torch.float64) * 50, 'int': i(3, 4, low=-300, high=300), 'bool': b(3, 4), 'uint8': i(3, 4, low=0, high=255, dtype=torch.uint8)}
    for kind, x in kinds.items():
        for name in 'float32 float64 int64 int32 int16 int8 bool'.split():
            yield case(f'to_{kind}_{name}', lambda x, name=name: x.to(getattr(torch, name)) if x.dtype != getattr(torch, name) else x + x, x)
    yield case('to_uint8', lambda x: x.to(torch.uint8), torch.rand(3, 4) * 200)
    yield case('casts', lambda x, y: (x.long(), x.int(), x.double(), x.bool(), y.float(), y.type_as(x), x.to(y), x.half().float(), x.bfloat16().float()), f(3, 4) * 3, i(3, 4))
    yield case('identities', lambda x: (x.clone(), x.contiguous(), x.detach(), F.dropout(x, 0.5, False), F.alpha_dropout(x, 0.5, False)), f(3, 4))
    yield case('dropout_training', lambda x: F.dropout(x, 0.5, True), f(3, 4), refuse=True)
    yield case('randn', lambda x: x + torch.randn(4), f(3, 4), refuse=True)
    yield case('fft', lambda x: torch.fft.rfft(x).abs(), f(3, 4), refuse=True)


def creation():
    yield case('creation', lambda x: (torch.zeros(3, 2), torch.ones(2), torch.full((2, 2), 7), torch.full((2,), 1.5), x * 2), f(3, 4))
    yield case('creation_like', lambda x: (torch.zeros_like(x), torch.ones_like(x, dtype=torch.int64), torch.full_like(x, 3.5), x.new_zeros(x.shape[0], 2), x.new_ones((2,)), x.new_full((2, 2), 7.0)), f(3, 4))
    yield case('arange', lambda x: (torch.arange(5), torch.arange(1, 7, 2), torch.arange(0, 1, 0.1), torch.arange(5, 0, -2), torch.arange(x.shape[0]), torch.arange(3.0), torch.arange(1, 4, dtype=torch.float32)), f(3, 4))
    yield case('linspace', lambda x: (torch.linspace(0, 1, 7) + x[0, 0], torch.linspace(-3, 2, 1)), f(3, 4))
    yield case('eye', lambda x: (torch.eye(4) @ x.t(), torch.eye(3, 5), torch.eye(3, dtype=torch.bool)), f(3, 4))
    yield case('tri', lambda x: (torch.tril(x), torch.triu(x, 1), torch.tril(x, -1), torch.triu(x, -2)), f(3, 4, 5))
    yield case('tri_mask', lambda x: (torch.triu(torch.ones(4, 4, dtype=torch.bool), 1), torch.tril(torch.ones(4, 4)) + x), f(3, 4, 4))
    yield case('one_hot', lambda x: F.one_hot(x, 5), i(3, 4, low=0, high=5))
    yield case('scalar_tensor', lambda x: x + torch.tensor(2.5) * torch.tensor([1.0, 2, 3, 4]), f(3, 4))
    yield case('meshgrid', lambda x: torch.meshgrid(x[0], torch.arange(3), indexing='ij') + torch.meshgrid(x[0], x[1], indexing='xy'), f(3, 4))
    yield case('broadcast_tensors', lambda x: torch.broadcast_tensors(x, x[0], torch.ones(1)), f(3, 4))


def views():
    yield case('view', lambda x: (x.view(x.shape[0], -1), x.reshape(-1, 4), x.reshape(x.shape[0], 2, 6), x.flatten(1), x.flatten(), x.flatten(0, 1)), f(3, 3, 4))
    yield case('unflatten', lambda x: (x.unflatten(1, (2, 3)), x.unflatten(-1, (-1, 2)), x.view_as(x.unflatten(1, (3, 2)))), f(3, 6))
    yield case('permute', lambda x: (x.permute(2, 0, 1), x.permute(0, -1, 1), x.transpose(1, 2), x.transpose(-1, 0), x.mT, x.movedim(0, -1), x.swapaxes(0, 1)), f(3, 4, 5))
    yield case('t', lambda x: (x.t(), x.T), f(3, 4))
    yield case('squeeze', lambda x: (x.squeeze(1), x.squeeze(-1), x.squeeze((1, 3)), x.unsqueeze(0), x.unsqueeze(-1), x.unsqueeze(2)), f(3, 1, 4, 1))
    yield case('expand', lambda x: (x.expand(-1, 4), x.expand(x.shape[0], 4), x.expand(2, -1, 4), x.expand_as(torch.zeros(x.shape[0], 7))), f(3, 1))
    yield case('repeat', lambda x: (x.repeat(2, 3), x.repeat(2, 1, 1), x.tile((2,)), x.tile((2, 1)), x.repeat_interleave(3, 1), x.repeat_interleave(2, dim=0)), f(3, 4))
    yield case('cat', lambda x, y: (torch.cat([x, y], 1), torch.cat([x, x, y], 0), torch.cat((x, y), -1), torch.stack([x, y], 1), torch.stack([x, y]), torch.stack([x, y], -1)), f(3, 4), f(3, 4))
    yield case('cat_types', lambda x, y: torch.cat([x, y], 1), f(3, 4), i(3, 2))
    yield case('stacks', lambda x, y: (torch.hstack([x, y]), torch.vstack([x, y]), torch.dstack([x, y]), torch.column_stack([x, y, y[:, 0]])), f(3, 4), f(3, 4))
    yield case('split', lambda x: (*x.split(2, 1), *x.split([1, 3, 1], 1), *x.chunk(2, 1), *x.chunk(3, -1), *x.unbind(1), *torch.tensor_split(x, 3, 1), *torch.tensor_split(x, [1, 2], 1)), f(3, 5))
    yield case('select', lambda x: (x[:, 0], x[0], x[-1], x[:, -1], x[..., 1], x.select(1, 2)), f(3, 4, 5))
    yield case('slice', lambda x: (x[:, 1:3], x[:, ::2], x[:, :-1], x[:, -2:], x[1:], x[:, 1:100], x[:, 5:2], x.narrow(1, 1, 2), x[..., None, :2]), f(3, 4))
    yield case('index', lambda x, k: (x[k], x[:, k], x[k, k], x[:, k, k], x[k, :, k], x[torch.tensor([0, -1])], x[:, torch.tensor([[0, 1], [2, -1]])], x[:, [0, 2], :]), f(3, 4, 5), i(2, low=0, high=3), batch={0: 0})
    yield case('index_middle', lambda x, k: (x[:, :, k, k], x[:, k, :, k], x[0, k, :, k]), f(3, 4, 5, 6), i(2, low=0, high=3), batch={0: 0})
    yield case('index_mask', lambda x: x[torch.tensor([True, False, True])], f(3, 4), batch=None)
    yield case('index_select', lambda x: (x.index_select(1, torch.tensor([3, 0, 0])), torch.take(x, torch.tensor([0, 5]))), f(3, 4))
    yield case('gather', lambda x, k: (x.gather(1, k), torch.take_along_dim(x, k, 1), torch.take_along_dim(x, k[:, :1], 1)), f(3, 4), i(3, 2, low=0, high=4))
    yield case('scatter', lambda x, k, y: (x.scatter(1, k, y), x.scatter(1, k, 2.5), x.scatter_add(1, k, y), torch.zeros_like(x).scatter_(1, k, 1.0)), f(3, 4), i(3, 2, low=0, high=2).cumsum(1) , f(3, 2))
    yield case('scatter_reduce', lambda x, k, y: (x.scatter_reduce(1, k, y, 'sum'), x.scatter_reduce(1, k, y, 'amax'), x.scatter_reduce(1, k, y, 'prod')), f(3, 4), i(3, 2, low=0, high=4), f(3, 2))
    yield case('index_put', lambda x: (x.index_put((torch.tensor([0, 1]), torch.tensor([2, 3])), torch.tensor([7.0, 8])), x.index_put((torch.tensor([0, 0]),), torch.ones(4), accumulate=True), x.index_put((x > 0,), torch.tensor(0.0))), f(3, 4))
    yield case('index_ops', lambda x: (x.index_fill(1, torch.tensor([0, 2]), 5.0), x.index_copy(1, torch.tensor([1, 0]), x[:, 2:]), x.index_add(1, torch.tensor([1, 1]), x[:, 2:], alpha=2)), f(3, 4))
    yield case('masked_fill', lambda x, m: (x.masked_fill(m, 0.5), x.masked_fill(m, float('-inf')), x.masked_fill(m[:, :1], torch.tensor(3.0))), f(3, 4), b(3, 4))
    yield case('masked_fill_int', lambda x, m: x.masked_fill(m, 9), i(3, 4), b(3, 4))
    yield case('masked_select', lambda x: x.masked_select(x > 0), f(3, 4), batch=None)
    yield case('nonzero', lambda x: torch.nonzero(x > 0), f(3, 4), batch=None)
    yield case('flip', lambda x: (x.flip(0), x.flip(1, 2), torch.fliplr(x), torch.flipud(x)), f(3, 4, 5))
    yield case('roll', lambda x: (x.roll(1, 1), x.roll(-2, 1), x.roll((1, 2), (1, 2)), x.roll(3)), f(3, 4, 5))
    yield case('rot90', lambda x: (torch.rot90(x, 1, (1, 2)), torch.rot90(x, 2, (1, 2)), torch.rot90(x, -1, (1, 2))), f(3, 4, 5))
    yield case('pixel', lambda x: (F.pixel_shuffle(x, 2), F.pixel_unshuffle(x, 2), F.channel_shuffle(x, 2)), f(3, 8, 4, 6))
    yield case('unfold', lambda x: (x.unfold(1, 3, 2), x.unfold(-1, 2, 1)), f(3, 7, 5))
    yield case('im2col', lambda x: F.unfold(x, (2, 3), dilation=(1, 2), padding=1, stride=(2, 1)), f(3, 2, 6, 7))
    yield case('diagonal', lambda x: (x.diagonal(0, 1, 2), torch.diagonal(x, 1, 1, 2), torch.diagonal(x, -1, 2, 1), torch.diag_embed(x[:, 0])), f(3, 4, 5))
    yield case('scatters', lambda x: (torch.select_scatter(x, x[:, 0] * 2, 1, -1), torch.slice_scatter(x, x[:, :2] * 3, 1, 1, 3), torch.slice_scatter(x, x[:, :2] * 3, 1, 0, 4, 2)), f(3, 4))
    yield case('sizes', lambda x: x * x.shape[0] + x.numel() // 2 - x.shape[0] % 2, f(3, 4))
    yield case('size_math', lambda x: x.reshape(x.shape[0] * 2, 2).reshape(x.shape[0], 4) / x.shape[0], f(3, 4))
    yield case('atleast', lambda x: (torch.atleast_1d(x), torch.atleast_3d(x)), f(3, 4))


def reductions():
    for name in 'sum mean prod amax amin std var logsumexp norm any all count_nonzero nansum nanmean'.split():
        function = getattr(torch, name)
        x = torch.rand(3, 4, 5) + 0.1
        if name not in ('logsumexp', 'prod', 'amax', 'amin'):
            yield case(f'{name}_all', function, x, hard=name in ('any', 'all', 'nansum'))
        if name == 'count_nonzero':
            yield case(f'{name}_dim', lambda x: (torch.count_nonzero(x, 1), torch.count_nonzero(x, (0, 2))), (x > 0.5).float())
            continue
        if name == 'norm':
            continue
        yield case(f'{name}_dim', lambda x, fn=function: (fn(x, 1), fn(x, dim=-1, keepdim=True)), x, hard=name not in ('std', 'var', 'prod'))
        if name not in ('prod', 'any', 'all'):
            yield case(f'{name}_dims', lambda x, fn=function: (fn(x, dim=(1, 2)), fn(x, dim=(0, -1), keepdim=True)), x)
    yield case('sum_int', lambda x: (x.sum(), x.sum(1), x.sum(1, dtype=torch.float32), x.prod(1)), i(3, 4, low=1))
    yield case('sum_bool', lambda x: (x.sum(), x.sum(1), x.any(1), x.all(1), x.any(), x.cumsum(1)), b(3, 4))
    yield case('max', lambda x: (x.max(), x.min(), *x.max(1), *x.min(-1, keepdim=True), x.argmax(), x.argmin(1), x.argmax(-1, keepdim=True)), f(3, 4), hard=True)
    yield case('max_ties', lambda x: (*x.max(1), *x.min(1), x.argmax(1), x.argmin(1), x.argmax()), i(3, 6, low=0, high=3))
    yield case('max_int32', lambda x: (x.amax(1), x.argmax(1), *x.max(1)), i(3, 6, low=0, high=3, dtype=torch.int32))
    yield case('aminmax', lambda x: torch.aminmax(x, dim=1), f(3, 4), hard=True)
    yield case('std_correction', lambda x: (x.std(1, correction=0), x.var(1, unbiased=False), x.var((1, 2), correction=2), *torch.var_mean(x, 1), *torch.std_mean(x, (0, 1)), x.std(), x.var(1, keepdim=True)), f(3, 4, 5))
    yield case('norms', lambda x: (x.norm(), x.norm(1, 1), x.norm(2, -1, True), x.norm(3, (1, 2)), torch.linalg.vector_norm(x, float('inf'), 1), torch.linalg.vector_norm(x, 0, 1), torch.linalg.vector_norm(x, -float('inf'), 1), F.normalize(x, dim=1), F.normalize(x, p=1, dim=-1)), f(3, 4, 5))
    yield case('cumsum', lambda x: (x.cumsum(1), x.cumsum(-1), x.cumsum(0)), f(3, 4, 5))
    yield case('cumsum_int', lambda x: x.cumsum(1), i(3, 4))
    yield case('topk', lambda x: (*x.topk(2), *x.topk(3, 1, largest=False), *x.sort(1), *x.sort(-1, descending=True), x.argsort(1)), f(3, 4, 5))
    yield case('sort_ties', lambda x: (*torch.sort(x, stable=True, dim=1), torch.argsort(x, 1, descending=True, stable=True)), i(3, 6, low=0, high=3))
    yield case('median', lambda x: (x.median(), *x.median(1), x.kthvalue(2, 1)[0], torch.msort(x)), f(3, 4), batch=None, hard=True)
    yield case('searchsorted', lambda x: (torch.searchsorted(torch.tensor([0.0, 0.5, 1.0]), x), torch.bucketize(x, torch.tensor([-1.0, 0.0, 0.5]), right=True)), f(3, 4), hard=True)
    yield case('logsumexp_inf', lambda x: torch.logsumexp(x, 1), torch.full((3, 4), float('-inf')))
    yield case('mean_double', lambda x: (x.mean(), x.sum(1), x.std(1)), f(3, 4, dtype=torch.float64))


def matrices():
    yield case('matmul', lambda x, y: (x @ y, x[:, 0] @ y, x[0] @ y, x @ y[:, 0], y.t() @ x.transpose(1, 2)), f(3, 4, 5), f(5, 6), batch={0: 0})
    yield case('mm', lambda x, y: (torch.mm(x, y), torch.mv(x, y[:, 0]), torch.dot(x[0], y[:, 0]), torch.outer(x[0], x[1]), torch.inner(x, y.t())), f(3, 5), f(5, 6), batch={0: 0})
    yield case('bmm', lambda x, y: (torch.bmm(x, y), torch.baddbmm(x @ y, x, y, beta=0.5, alpha=2), torch.addbmm(x[0] @ y[0], x, y)), f(3, 4, 5), f(3, 5, 6))
    yield case('addmm', lambda x, y, z: (torch.addmm(z, x, y), torch.addmm(z, x, y, beta=0.5, alpha=2), torch.addmm(z, x, y, beta=0), torch.addmv(z, y.t(), x[0])), f(3, 5), f(5, 6), f(6), batch={0: 0})
    yield case('matmul_int', lambda x, y: x @ y, i(3, 5), i(5, 6), batch={0: 0})
    yield case('matmul_double', lambda x, y: x @ y, f(3, 5, dtype=torch.float64), f(5, 6, dtype=torch.float64), batch={0: 0})
    for equation, shapes in {'bij,bjk->bik': [(3, 4, 5), (3, 5, 6)], 'bi,bj->bij': [(3, 4), (3, 5)], 'bij->bji': [(3, 4, 5)], 'bii->bi': [(3, 4, 4)], 'bhqd,bhkd->bhqk': [(3, 2, 4, 5), (3, 2, 6, 5)], 'bij->b': [(3, 4, 5)], 'bi,ij': [(3, 4), (4, 5)], '...i,ij->...j': [(3, 2, 4), (4, 5)]}.items():
        args = [f(*s) for s in shapes]
        yield case('einsum_' + equation.replace(',', '_').replace('->', '_to_').replace('.', 'o'), lambda *a, e=equation: torch.einsum(e, *a), *args)
    yield case('tensordot', lambda x, y: torch.tensordot(x, y, dims=([1, 2], [0, 1])), f(3, 4, 5), f(4, 5, 6), batch={0: 0})
    yield case('linear', lambda x, w, c: (F.linear(x, w, c), F.linear(x, w), F.linear(x[:, 0], w, c)), f(3, 2, 5), f(6, 5), f(6), batch={0: 0})
    yield case('bilinear', nn.Bilinear(4, 5, 6), f(3, 4), f(3, 5))
    yield case('cross', lambda x, y: torch.cross(x, y, dim=1), f(5, 3), f(5, 3))
    yield case('cdist', lambda x, y: (torch.cdist(x, y), torch.cdist(x, y, p=1.0)), f(3, 4, 5), f(3, 6, 5))
    yield case('similarity', lambda x, y: (F.cosine_similarity(x, y), F.cosine_similarity(x, y, dim=0), F.pairwise_distance(x, y)), f(3, 4), f(3, 4))
    yield case('losses', lambda x, y: (F.mse_loss(x, y), F.l1_loss(x, y), F.smooth_l1_loss(x, y), F.huber_loss(x, y), F.binary_cross_entropy_with_logits(x, torch.sigmoid(y))), f(3, 4), f(3, 4))


def convolutions():
    grid = [dict(), dict(stride=2), dict(padding=1), dict(padding=2, dilation=2), dict(groups=2, padding=1), dict(padding='same'), dict(padding='same', dilation=2), dict(padding='valid'), dict(bias=False, stride=2, padding=1)]
    for n, (layer, shape) in enumerate([(nn.Conv1d, (3, 4, 9)), (nn.Conv2d, (3, 4, 9, 8)), (nn.Conv3d, (3, 4, 5, 6, 7))]):
        for m, options in enumerate(grid):
            yield case(f'conv{n + 1}d_{m}', layer(4, 6, 3, **options), f(*shape))
        yield case(f'conv{n + 1}d_even_same', layer(4, 6, 2, padding='same'), f(*shape))
        yield case(f'conv{n + 1}d_unbatched', layer(4, 6, 3), f(*shape[1:]), batch=None)
    for mode in ('reflect', 'replicate', 'circular'):
        yield case(f'conv2d_{mode}', nn.Conv2d(4, 6, 3, padding=(1, 2), padding_mode=mode), f(3, 4, 6, 7))
    yield case('conv2d_asymmetric', nn.Conv2d(4, 6, (3, 5), stride=(2, 1), padding=(1, 2)), f(3, 4, 9, 8))
    grid = [dict(), dict(stride=2), dict(stride=2, padding=1, output_padding=1), dict(groups=2), dict(dilation=2), dict(bias=False)]
    for n, (layer, shape) in enumerate([(nn.ConvTranspose1d, (3, 4, 5)), (nn.ConvTranspose2d, (3, 4, 5, 6)), (nn.ConvTranspose3d, (3, 4, 3, 4, 5))]):
        for m, options in enumerate(grid):
            yield case(f'convt{n + 1}d_{m}', layer(4, 6, 3, **options), f(*shape))
    pools = [dict(kernel_size=2), dict(kernel_size=3, stride=2, padding=1), dict(kernel_size=3, stride=2, ceil_mode=True), dict(kernel_size=3, stride=2, padding=1, ceil_mode=True), dict(kernel_size=2, stride=3, ceil_mode=True)]
    for n, shape in enumerate([(3, 4, 10), (3, 4, 10, 9), (3, 4, 6, 7, 8)]):
        for m, options in enumerate(pools):
            yield case(f'maxpool{n + 1}d_{m}', getattr(nn, f'MaxPool{n + 1}d')(**options), f(*shape), hard=True)
            yield case(f'avgpool{n + 1}d_{m}', getattr(nn, f'AvgPool{n + 1}d')(**options), f(*shape))
            yield case(f'avgpool{n + 1}d_{m}_excl', getattr(nn, f'AvgPool{n + 1}d')(count_include_pad=False, **options), f(*shape))
        yield case(f'maxpool{n + 1}d_dilated', getattr(nn, f'MaxPool{n + 1}d')(2, dilation=2), f(*shape))
        yield case(f'maxpool{n + 1}d_unbatched', getattr(nn, f'MaxPool{n + 1}d')(2), f(*shape[1:]), batch=None)
        for size in (1, 2, 3):
            yield case(f'adaptive_avg{n + 1}d_{size}', getattr(nn, f'AdaptiveAvgPool{n + 1}d')(size), f(*shape))
            yield case(f'adaptive_max{n + 1}d_{size}', getattr(nn, f'AdaptiveMaxPool{n + 1}d')(size), f(*shape), hard=True)
    yield case('adaptive_mixed', nn.AdaptiveAvgPool2d((None, 3)), f(3, 4, 10, 9))
    yield case('avgpool_divisor', nn.AvgPool2d(2, divisor_override=3), f(3, 4, 6, 6))
    yield case('maxpool_indices', nn.MaxPool2d(2, return_indices=True), f(3, 4, 6, 6), refuse=True)
    yield case('lppool', nn.LPPool2d(2, 2), f(3, 4, 6, 6))
    yield case('lrn', nn.LocalResponseNorm(3), f(3, 4, 6, 6))


def sizes():
    for mode in ('nearest', 'nearest-exact'):
        for n, shape in enumerate([(3, 4, 5), (3, 4, 5, 6), (3, 4, 3, 4, 5)]):
            yield case(f'up_{mode}_{n + 1}', lambda x, mode=mode: (F.interpolate(x, scale_factor=2, mode=mode), F.interpolate(x, scale_factor=1.7, mode=mode), F.interpolate(x, size=[7] * (x.dim() - 2), mode=mode), F.interpolate(x, size=[2] * (x.dim() - 2), mode=mode)), f(*shape))
    for mode, shape in (('linear', (3, 4, 5)), ('bilinear', (3, 4, 5, 6)), ('trilinear', (3, 4, 3, 4, 5)), ('bicubic', (3, 4, 5, 6))):
        for aligned in (False, True):
            yield case(f'up_{mode}_{aligned}', lambda x, mode=mode, aligned=aligned: (F.interpolate(x, scale_factor=2, mode=mode, align_corners=aligned), F.interpolate(x, scale_factor=1.7, mode=mode, align_corners=aligned), F.interpolate(x, size=[7] * (x.dim() - 2), mode=mode, align_corners=aligned), F.interpolate(x, size=[3] * (x.dim() - 2), mode=mode, align_corners=aligned), F.interpolate(x, scale_factor=0.5, mode=mode, align_corners=aligned)), f(*shape))
    yield case('up_recompute', lambda x: F.interpolate(x, scale_factor=1.7, mode='bilinear', recompute_scale_factor=True), f(3, 4, 5, 6))
    yield case('up_area', lambda x: F.interpolate(x, size=(3, 2), mode='area'), f(3, 4, 5, 6))
    yield case('up_antialias', lambda x: (F.interpolate(x, size=(3, 2), mode='bilinear', antialias=True), F.interpolate(x, size=(3, 4), mode='bicubic', antialias=True)), f(3, 4, 9, 8))
    yield case('pad', lambda x: (F.pad(x, (1, 2)), F.pad(x, (1, 2, 0, 3), value=-1.5), F.pad(x, (-1, 1)), F.pad(x, (0, 0, -1, -1)), F.pad(x, (1, 1), value=float('-inf'))), f(3, 4, 5, 6))
    yield case('pad_int', lambda x: (F.pad(x, (1, 2), value=7), F.pad(x > 0, (1, 1), value=True)), i(3, 4))
    yield case('pad_modes', lambda x: (F.pad(x, (1, 2), mode='reflect'), F.pad(x, (1, 2), mode='replicate'), F.pad(x, (1, 2), mode='circular')), f(3, 4, 5))
    yield case('pad_modes2', lambda x: (F.pad(x, (1, 2, 3, 1), mode='reflect'), F.pad(x, (1, 2, 3, 1), mode='replicate'), F.pad(x, (1, 2, 3, 1), mode='circular')), f(3, 4, 5, 6))
    yield case('pad_layers', nn.Sequential(nn.ZeroPad2d(1), nn.ReflectionPad2d(1), nn.ReplicationPad2d((1, 0, 2, 1)), nn.ConstantPad2d(1, 3.5), nn.CircularPad2d(1) if hasattr(nn, 'CircularPad2d') else nn.Identity()), f(3, 4, 5, 6))


def norms():
    def shaken(module):
        for p in module.parameters():
            nn.init.normal_(p, 1.0, 0.5)
        for name, buffer in module.named_buffers():
            if 'mean' in name:
                nn.init.normal_(buffer)
            if 'var' in name:
                nn.init.uniform_(buffer, 0.5, 2)
        return module

    for n, shape in enumerate([(3, 4), (3, 4, 5), (3, 4, 5, 6), (3, 4, 3, 5, 6)]):
        layer = (nn.BatchNorm1d, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)[n]
        yield case(f'batchnorm_{n}', shaken(layer(4)), f(*shape), hard=True)
        yield case(f'batchnorm_plain_{n}', shaken(layer(4, affine=False)), f(*shape))
        if n > 0:
            yield case(f'batchnorm_batch_{n}', shaken(layer(4, track_running_stats=False)), f(*shape))
            instance = (nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)[n - 1]
            yield case(f'instancenorm_{n}', shaken(instance(4, affine=True)), f(*shape))
            yield case(f'instancenorm_plain_{n}', instance(4), f(*shape))
            yield case(f'instancenorm_tracked_{n}', shaken(instance(4, affine=True, track_running_stats=True)), f(*shape))
        yield case(f'groupnorm_{n}', shaken(nn.GroupNorm(2, 4)), f(*shape))
        yield case(f'groupnorm_plain_{n}', nn.GroupNorm(4, 4, affine=False), f(*(shape if n else (3, 4, 2))))
    # Where the variance overflows PyTorch gives NaN or zero, by the width of its vector registers.
    yield case('layernorm', shaken(nn.LayerNorm(5)), f(3, 4, 5), hard=[float('nan'), float('inf'), -0.0, 1e9])
    yield case('layernorm_2', shaken(nn.LayerNorm((4, 5))), f(3, 4, 5))
    yield case('layernorm_plain', nn.LayerNorm(5, elementwise_affine=False), f(3, 4, 5))
    yield case('layernorm_large_mean', shaken(nn.LayerNorm(64)), f(3, 64) + 3000, rtol=1e-2)
    if hasattr(nn, 'RMSNorm'):
        yield case('rmsnorm', shaken(nn.RMSNorm(5)), f(3, 4, 5))
        yield case('rmsnorm_eps', shaken(nn.RMSNorm((4, 5), eps=1e-3)), f(3, 4, 5))
    yield case('weight_norm', nn.utils.weight_norm(nn.Linear(4, 5)), f(3, 4))
    yield case('weight_norm_param', nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 5, 3)), f(3, 4, 6))
    yield case('spectral_norm', nn.utils.parametrizations.spectral_norm(nn.Linear(4, 5)), f(3, 4))


class Last(nn.Module):
    """A recurrent layer with all that it gives."""

    def __init__(self, layer, initial=False):
        super().__init__()
        self.layer = layer
        self.initial = initial

    def forward(self, x, *state):
        y, last = self.layer(x, (state if len(state) > 1 else state[0]) if state else None)
        return (y, *last) if isinstance(last, tuple) else (y, last)


def recurrent():
    for layer in (nn.LSTM, nn.GRU, nn.RNN):
        for layers, two, first, bias in ((1, False, False, True), (2, True, True, True), (3, False, True, False), (1, True, False, False)):
            name = f'{layer.__name__.lower()}_{layers}_{two}_{first}_{bias}'
            module = Last(layer(4, 5, layers, bidirectional=two, batch_first=first, bias=bias))
            yield case(name, module, f(*((3, 6, 4) if first else (6, 3, 4))), batch={0: 0 if first else 1})
        directions = 2
        state = [f(2 * directions, 3, 5) for _ in range(2 if layer is nn.LSTM else 1)]
        yield case(f'{layer.__name__.lower()}_initial', Last(layer(4, 5, 2, bidirectional=True, batch_first=True)), f(3, 6, 4), *state, batch=None)
        yield case(f'{layer.__name__.lower()}_unbatched', Last(layer(4, 5, 2)), f(6, 4), batch=None)
    yield case('rnn_relu', Last(nn.RNN(4, 5, 2, nonlinearity='relu')), f(6, 3, 4), batch={0: 1})
    yield case('lstm_proj', Last(nn.LSTM(4, 5, proj_size=3)), f(6, 3, 4), batch={0: 1}, refuse=True)
    yield case('lstm_dropout', Last(nn.LSTM(4, 5, 2, dropout=0.5)), f(6, 3, 4), batch={0: 1})
    yield case('lstm_time', Last(nn.LSTM(4, 5, batch_first=True)), f(3, 6, 4), batch={0: 1}, sizes=(1, 9))
    yield case('lstm_cell', nn.LSTMCell(4, 5), f(3, 4))
    yield case('gru_cell', nn.GRUCell(4, 5), f(3, 4), f(3, 5))
    yield case('rnn_cell', nn.RNNCell(4, 5), f(3, 4), f(3, 5))
    yield case('rnn_cell_relu', nn.RNNCell(4, 5, nonlinearity='relu', bias=False), f(3, 4), f(3, 5))


def attention():
    q, k, v = f(3, 2, 4, 8), f(3, 2, 6, 8), f(3, 2, 6, 5)
    sdpa = F.scaled_dot_product_attention
    yield case('sdpa', sdpa, q, k, v)
    yield case('sdpa_scale', lambda q, k, v: sdpa(q, k, v, scale=0.3), q, k, v)
    yield case('sdpa_causal', lambda q, k, v: sdpa(q, k, v, is_causal=True), q, f(3, 2, 4, 8), f(3, 2, 4, 8))
    yield case('sdpa_causal_rect', lambda q, k, v: sdpa(q, k, v, is_causal=True), q, k, v)
    yield case('sdpa_mask', lambda q, k, v, m: sdpa(q, k, v, attn_mask=m), q, k, v, f(4, 6), batch={0: 0, 1: 0, 2: 0})
    mask = torch.tril(torch.ones(4, 6, dtype=torch.bool))
    yield case('sdpa_bool_mask', lambda q, k, v, m: sdpa(q, k, v, attn_mask=m), q, k, v, mask, batch={0: 0, 1: 0, 2: 0})
    hidden = mask.clone()
    hidden[0] = False
    yield case('sdpa_hidden_row', lambda q, k, v, m: sdpa(q, k, v, attn_mask=m), q, k, v, hidden, batch={0: 0, 1: 0, 2: 0})
    if torch.__version__ >= '2.5':
        yield case('sdpa_gqa', lambda q, k, v: sdpa(q, k, v, enable_gqa=True), f(3, 4, 5, 8), f(3, 2, 6, 8), f(3, 2, 6, 8))
    yield case('mha', lambda x, m=nn.MultiheadAttention(8, 2, batch_first=True).eval(): m(x, x, x, need_weights=False)[0], f(3, 5, 8))
    mha = nn.MultiheadAttention(8, 2, batch_first=True)

    class Attend(nn.Module):
        def __init__(self, layer, weights):
            super().__init__()
            self.layer, self.weights = layer, weights

        def forward(self, x, mask):
            return self.layer(x, x, x, key_padding_mask=mask, need_weights=self.weights)

    padding = torch.tensor([[False] * 5, [False] * 3 + [True] * 2, [False] * 4 + [True]])
    yield case('mha_weights', Attend(mha, True), f(3, 5, 8), padding)
    yield case('mha_no_weights', Attend(mha, False), f(3, 5, 8), padding)
    yield case('mha_seq_first', Attend(nn.MultiheadAttention(8, 2), True), f(5, 3, 8), padding, batch=None)


def embeddings():
    yield case('embedding', nn.Embedding(10, 4, padding_idx=2), i(3, 5, low=0, high=10))
    for mode in ('sum', 'mean', 'max'):
        yield case(f'bag_{mode}', nn.EmbeddingBag(10, 4, mode=mode), i(3, 5, low=0, high=10))
        yield case(f'bag_offsets_{mode}', nn.EmbeddingBag(10, 4, mode=mode), i(9, low=0, high=10), torch.tensor([0, 2, 2, 5, 9]), batch={1: 0}, sizes=())
        yield case(f'bag_padding_{mode}', nn.EmbeddingBag(10, 4, mode=mode, padding_idx=3), i(3, 5, low=2, high=5))
        yield case(f'bag_last_{mode}', nn.EmbeddingBag(10, 4, mode=mode, include_last_offset=True), i(9, low=0, high=10), torch.tensor([0, 2, 5, 9]), batch=None)

    class Weighted(nn.Module):
        def __init__(self):
            super().__init__()
            self.bag = nn.EmbeddingBag(10, 4, mode='sum')

        def forward(self, x, w):
            return self.bag(x, per_sample_weights=w)

    yield case('bag_weighted', Weighted(), i(3, 5, low=0, high=10), f(3, 5))


def halves():
    yield case('half', lambda x: torch.relu(x @ x.t()).softmax(-1), f(3, 4).half(), batch=None, rtol=2e-3)
    yield case('bfloat16', lambda x: (x * 2 + 1).sum(1), f(3, 4).bfloat16(), rtol=1e-2)
    yield case('half_linear', nn.Sequential(nn.Linear(4, 5), nn.GELU(), nn.LayerNorm(5)).half(), f(3, 4).half(), rtol=5e-3)


def cases():
    for family in (pointwise, arithmetic, conversions, creation, views, reductions, matrices, convolutions, sizes, norms, recurrent, attention, embeddings, halves):
        yield from family()
