"""Writes torch.export archives with what PyTorch answers: python generate.py FOLDER [--only TEXT] [--seed N].

Every case is exported with fixed extents, with a free batch, and (the latter) decomposed to core ATen operators.
`<name>.<kind>.pt2` stands beside `<name>.<kind>.json`: {"cases": [{"inputs", "expected"}], "refuse"}.
"""

import argparse
import json
import sys
import warnings
from pathlib import Path

import torch
from torch.utils._pytree import tree_flatten, tree_flatten_with_path

sys.path.insert(0, str(Path(__file__).parent))
warnings.filterwarnings('ignore')
torch.set_num_threads(1)

import networks  # noqa: E402
import operators  # noqa: E402

NAMES = {
    torch.float32: 'float32', torch.float64: 'float64', torch.float16: 'float16', torch.bfloat16: 'bfloat16',
    torch.int64: 'int64', torch.int32: 'int32', torch.int16: 'int16', torch.int8: 'int8', torch.uint8: 'uint8',
    torch.bool: 'bool',
}
HARD = [float('nan'), float('inf'), float('-inf'), -0.0, 0.0, 1e30, -1e30, 0.5, -0.5, 2.5, -2.5, 1e-7, 20.5, -20.5]


class Wrapped(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *args):
        return self.function(*args)


def number(value):
    if isinstance(value, float) and (value != value or value in (float('inf'), float('-inf'))):
        return {'inf': 'Infinity', '-inf': '-Infinity'}.get(str(value), 'NaN')
    return value


def encode(tensor):
    tensor = tensor.detach().resolve_conj()
    wide = tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor
    return {
        'shape': list(tensor.shape),
        'dtype': NAMES[tensor.dtype],
        'data': [number(value) for value in wide.contiguous().reshape(-1).tolist()],
    }


def output_names(result):
    """Paths of dictionaries joined with dots, positions otherwise; what is None is no output."""
    if isinstance(result, dict):
        leaves = tree_flatten_with_path(result)[0]
        return [('.'.join(str(getattr(k, 'key', getattr(k, 'idx', k))) for k in path), leaf) for path, leaf in leaves]
    return [(f'output_{i}', leaf) for i, leaf in enumerate(tree_flatten(result)[0])]


def answer(module, args, kwargs):
    with torch.no_grad():
        result = module(*[a.clone() if isinstance(a, torch.Tensor) else a for a in args], **kwargs)
    found = []
    for name, leaf in output_names(result):
        if leaf is None:
            continue
        if not isinstance(leaf, torch.Tensor):
            leaf = torch.tensor(leaf, dtype=torch.float64 if isinstance(leaf, float) else None)
        found.append({'name': name, **encode(leaf)})
    return found


def hardened(args, generator, values=HARD):
    """The same shapes, some floats replaced by what is hard."""
    changed = []
    for arg in args:
        if isinstance(arg, torch.Tensor) and arg.is_floating_point() and arg.numel() > 0:
            hard = torch.tensor(values, dtype=arg.dtype)[torch.randint(len(HARD), arg.shape, generator=generator)]
            arg = torch.where(torch.rand(arg.shape, generator=generator) < 0.5, hard, arg)
        changed.append(arg)
    return changed


def batched(args, size, case):
    """The same arguments with another batch: rows repeated and changed a little."""
    changed = []
    for i, arg in enumerate(args):
        if isinstance(arg, torch.Tensor) and i in case.batch:
            axis = case.batch[i]
            index = torch.arange(size) % arg.shape[axis]
            arg = arg.index_select(axis, index)
            if arg.is_floating_point() and arg.numel() > 0:
                arg = arg + torch.arange(size, dtype=arg.dtype).reshape([-1 if d == axis else 1 for d in range(arg.dim())]) * 0.1
        changed.append(arg)
    return changed


def export(module, case, dynamic):
    shapes = None
    if dynamic:
        dim = torch.export.Dim('batch', max=1024)
        shapes = tuple({case.batch[i]: dim} if i in case.batch else None for i in range(len(case.args)))
        # A variadic forward takes all in one.
        if isinstance(module, (Wrapped, networks.Function)):
            shapes = (shapes,)
    keywords = {'strict': False} if torch.__version__ >= '2.3' else {}
    return torch.export.export(module, tuple(case.args), kwargs=case.kwargs or None, dynamic_shapes=shapes, **keywords)


def input_names(program):
    return [spec.arg.name for spec in program.graph_signature.input_specs if spec.kind.name == 'USER_INPUT']


def write(folder, name, program, case, module, sets):
    torch.export.save(program, folder / f'{name}.pt2')
    names = input_names(program)
    cases = []
    for args in sets:
        tensors = [a for a in tree_flatten((tuple(args), case.kwargs))[0]]
        pairs = [(n, t) for n, t in zip(names, tensors) if isinstance(t, torch.Tensor)]
        cases.append({'inputs': [{'name': n, **encode(t)} for n, t in pairs], 'expected': answer(module, args, case.kwargs)})
    about = {'cases': cases, 'refuse': case.refuse, 'rtol': case.rtol, 'torch': torch.__version__}
    (folder / f'{name}.json').write_text(json.dumps(about))


def run(case, folder, seed):
    generator = torch.Generator().manual_seed(seed)
    module = case.module if isinstance(case.module, torch.nn.Module) else Wrapped(case.module)
    module = module.eval()
    problems = []
    plain = [case.args]
    hard = [hardened(case.args, generator, HARD if case.hard is True else case.hard)] if case.hard else []
    try:
        write(folder, f'{case.name}.static', export(module, case, False), case, module, plain + hard)
    except Exception as error:
        problems.append(f'static: {type(error).__name__}: {str(error).splitlines()[0][:150]}')
    if case.batch:
        try:
            program = export(module, case, True)
            sets = plain + [batched(case.args, size, case) for size in case.sizes] + hard
            write(folder, f'{case.name}.dynamic', program, case, module, sets)
            try:
                write(folder, f'{case.name}.core', program.run_decompositions(), case, module, sets)
            except Exception as error:
                problems.append(f'core: {type(error).__name__}: {str(error).splitlines()[0][:150]}')
        except Exception as error:
            problems.append(f'dynamic: {type(error).__name__}: {str(error).splitlines()[0][:150]}')
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('folder', type=Path)
    parser.add_argument('--only', default='')
    parser.add_argument('--seed', type=int, default=0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    absent = {}
    torch.manual_seed(options.seed)
    for case in [*operators.cases(), *networks.cases()]:
        if options.only in case.name:
            problems = run(case, options.folder, options.seed)
            if problems:
                absent[case.name] = problems
    print(json.dumps({'torch': torch.__version__, 'absent': absent}))


if __name__ == '__main__':
    main()
