import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readZip } from '../../src/formats/zip/read-zip.ts';
import { DEFAULT_LIMITS } from '../../src/service/registry-config.ts';
import { foreignCalls, ownOperators } from '../../src/torch/conversion/foreign-calls.ts';
import { foreignProgram } from '../../src/torch/conversion/foreign-program.ts';
import { openExport } from '../../src/torch/export/export-archive.ts';
import { parseJson } from '../../src/torch/export/json-node.ts';
import { CodeTable } from '../../src/torch/script/code-table.ts';

const FILE = fileURLToPath(new URL('../sidecar/torch-files/spectrum.pt2', import.meta.url));

interface Program {
  graph_module: {
    graph: { nodes: { target: string; outputs: unknown[] }[]; tensor_values: Record<string, { sizes: unknown[] }> };
    signature: { input_specs: Record<string, { arg: { as_tensor?: { name: string }; name?: string } }>[] };
    module_call_graph: { signature?: { in_spec: string; out_spec: string } | null }[];
  };
  [key: string]: unknown;
}

/** The program of a real file, changed. */
async function program(change: (document: Program) => void = () => undefined): Promise<unknown> {
  const { program: entry } = openExport(readZip(new Uint8Array(readFileSync(FILE)), DEFAULT_LIMITS));
  const { value } = parseJson(await entry.read(), entry.name);
  change(value as Program);
  return value;
}

describe('a program that PyTorch is to load', () => {
  it('of a real file has nothing foreign', async () => {
    expect(foreignProgram(await program())).toBeUndefined();
  });

  const target = (text: string) => (document: Program) => {
    (document.graph_module.graph.nodes[0] as { target: string }).target = text;
  };
  const size = (text: string) => (document: Program) => {
    const [values] = Object.values(document.graph_module.graph.tensor_values);
    values?.sizes.splice(0, 1, { as_expr: { expr_str: text, hint: null } });
  };
  const spec = (text: string) => (document: Program) => {
    for (const { signature } of document.graph_module.module_call_graph) if (signature) signature.in_spec = text;
  };

  it.each([
    ['a function of PyTorch', target('torch.hub.load')],
    ['a module that PyTorch imported', target('torch.serialization.os.system')],
    ['an operator that reads a file', target('torch.ops.aten.from_file.default')],
    ['an operator of another library', target('torch.ops.quantized_lib.run.default')],
    ['an extension', target('#mine:run')],
    ['a function of Python', target('_operator.attrgetter')],
    ['a call in an extent', size("__import__('os').system('x')")],
    ['a hidden call in an extent', size('exec(chr(120))')],
    ['an attribute in an extent', size("Symbol('s0').__class__")],
    [
      'code in the name of a value',
      (document: Program) => {
        const { tensor_values: values } = document.graph_module.graph;
        values['x); import os; os.system("x"); (y'] = { sizes: [] };
      },
    ],
    [
      'code in the name of an input',
      (document: Program) => {
        const inputs = document.graph_module.signature.input_specs.flatMap((one) => Object.values(one));
        for (const { arg } of inputs) if (arg.as_tensor !== undefined) arg.as_tensor.name = 'x\nimport os';
      },
    ],
    [
      'a class of a module in a tree',
      spec('[1, {"type": "torch.utils.os.Thing", "context": "null", "children_spec": []}]'),
    ],
    ['an enumeration in a tree', spec('[1, {"type": null, "context": "{\\"__enum__\\": true}", "children_spec": []}]')],
    [
      'an extent below a name that looks like a note',
      (document: Program) => {
        const { tensor_values: values } = document.graph_module.graph;
        const evil = { sizes: [{ as_expr: { expr_str: 'exec(chr(120))', hint: null } }] };
        Object.assign(values, { metadata: evil, target: 'torch.ops.aten.add.Tensor', guards_code: evil });
      },
    ],
    [
      'an object',
      (document: Program) => {
        document['extra'] = { as_custom_obj: { name: 'o', class_fqn: '__torch__.torch.classes.a.B' } };
      },
    ],
    [
      'a pickle',
      (document: Program) => {
        document['config'] = { w: { path_name: 'weight_0', use_pickle: true } };
      },
    ],
  ])('is not handed over with %s', async (_, change) => {
    expect(foreignProgram(await program(change))).toMatch(/^the program\./);
  });

  it.each([
    "Symbol('s77', positive=True, integer=True)",
    "2*Symbol('s0', integer=True) + 1",
    's0//2',
    'Max(1, s0)',
    'Mod(s0 - 3, 4)',
    'FloorDiv(u0, 2)',
  ])('may have the extent %s', async (text) => {
    expect(foreignProgram(await program(size(text)))).toBeUndefined();
  });
});

describe('code that PyTorch is to compile', () => {
  const code = (body: string, type = 'Tensor'): CodeTable =>
    new CodeTable(
      new Map([
        [
          '__torch__',
          `class M(Module):\n  def forward(self: __torch__.M,\n    x: ${type}) -> Tensor:\n    ${body}\n    return x\n`,
        ],
      ]),
      DEFAULT_LIMITS,
    );

  it('names operators of PyTorch alone', () => {
    expect(foreignCalls(code('y = torch.add(x, torch.relu(x))'))).toEqual([]);
    expect(foreignCalls(code('y = ops.prim.NumToTensor(3)'))).toEqual([]);
    expect(foreignCalls(code('y = torch.from_file("/etc/passwd", True, 10)'))).toEqual(['torch.from_file']);
    expect(
      foreignCalls(code('if bool(torch.any(x)):\n      y = torch.from_file("a")\n    else:\n      y = x')),
    ).toEqual(['torch.from_file']);
    expect(foreignCalls(code('torch.save(x, "/tmp/x")'))).toEqual(['torch.save']);
    expect(foreignCalls(code('y = [torch.add(x, ops.torchvision.nms(x, x, 0.5))]'))).toEqual(['ops.torchvision.nms']);
    expect(foreignCalls(code('y = x', '__torch__.torch.classes.quantized.Linear'))).toEqual([
      '__torch__.torch.classes.quantized.Linear',
    ]);
  });

  it('says which operators it names, wherever they stand', () => {
    const named = ownOperators(code('y = [torch.abs(torch.fft_rfft(x)), ops.aten.linalg_det(x), x.y.relu(x)]'));
    expect([...named].toSorted()).toEqual(['torch.abs', 'torch.fft_rfft', 'torch.linalg_det']);
  });
});
