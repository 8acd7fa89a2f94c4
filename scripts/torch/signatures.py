"""Writes src/torch/operators/signatures.gen.ts: PyTorch's signatures of the operators in the families there.

Run with a Python that has torch: python scripts/torch/signatures.py
Overloads that write into a given output, that name dimensions, or that take complex numbers are left out.
"""

import re
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / 'src/torch/operators'
ENTRY = re.compile(r"^  '?([A-Za-z_]\w*)'?(?:: |,$|\()", re.M)
FAMILY = re.compile(r'^export const \w+: OperatorFamily = \{\n(.*?)^\};', re.M | re.S)
LEFT_OUT = re.compile(r'Dimname|complex|a!.*\bout\b|\(b!\)|Dict\(|\bt\[\]|AnyEnum|Stream|Storage')


def names():
    for file in sorted(FOLDER.glob('*.ts')):
        if file.name == 'python.ts':
            continue
        for family in FAMILY.findall(file.read_text()):
            yield from ENTRY.findall(family)


def plain(schema):
    """`add.Tensor(...)` without namespace, result and alias marks."""
    text = str(schema).removeprefix('aten::')
    text = text[: text.rindex(') -> ') + 1]
    text = re.sub(r'\((?:[a-z](?:\|[a-z])*!?)(?: -> [^)]*)?\)', '', text)
    text = re.sub(r'\d+\.\d{10,}(?:e-?\d+)?', lambda match: repr(float(match[0])), text)
    return text[len(text.split('(')[0].split('.')[0]) :].removeprefix('.')


def signatures(name):
    packet = None
    for candidate in (name, f'{name}_'):
        packet = getattr(torch.ops.aten, candidate, None)
        if packet is not None:
            break
    if packet is None:
        return
    found = []
    for overload in packet.overloads():
        try:
            schema = getattr(packet, overload)._schema
        except Exception:  # an overload that Python cannot see
            continue
        if not LEFT_OUT.search(str(schema).rsplit(' -> ', 1)[0].replace('aten::', '')):
            found.append(plain(schema))
    # Tensors before numbers, more specific before less, so that calls without an overload find theirs.
    rank = lambda text: (0 if 'Tensor' in text else 1, 'Scalar' in text, text.count('Any'))
    yield from sorted(found, key=rank)


lines = [
    '// Written by scripts/torch/signatures.py. Do not edit.',
    '',
    f'/** Signatures of PyTorch {torch.__version__.split("+")[0]} by operator: `overload(type name=default, ...)`. */',
    'export const SIGNATURES: Readonly<Record<string, readonly string[]>> = {',
]
for name in sorted(set(names())):
    found = list(signatures(name))
    if not found:
        print('no signature:', name)
        continue
    texts = ', '.join("'" + text.replace('\\', '\\\\').replace("'", "\\'") + "'" for text in found)
    lines.append(f'  {name}: [{texts}],')
lines.append('};')
(FOLDER / 'signatures.gen.ts').write_text('\n'.join(lines) + '\n')
print(len(lines), 'lines')
