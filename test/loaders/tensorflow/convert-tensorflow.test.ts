import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { neededConversion } from '../../../src/service/needed-conversion.ts';
import { configure } from '../../../src/service/registry-config.ts';
import type { ConversionNeed } from '../../../src/spec/converter.ts';
import { isPassable } from '../../../src/tensorflow/conversion/passable-operators.ts';
import { isDangerous, MUTATING_OPERATORS } from '../../../src/tensorflow/dangerous-operators.ts';
import { FLOAT, type Func, graphDef, type Node, placeholder } from '../../tensorflow/graph-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'convert-tensorflow-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function needOf(
  nodes: readonly Node[],
  functions: readonly Func[] = [],
  options: Readonly<Record<string, unknown>> = {},
): Promise<ConversionNeed | undefined> {
  const path = join(folder, 'm.pb');
  writeFileSync(path, graphDef(nodes, functions).finish());
  const config = configure({ loaderOptions: { tensorflow: options } });
  return (await neededConversion(path, config, new AbortController().signal)).need;
}

const contentOf = async (need: ConversionNeed | undefined): Promise<string> =>
  Buffer.from((await need?.content?.()) ?? []).toString('latin1');

const odd: Node = { name: 'y', op: 'Lgamma', inputs: ['x'], attrs: { T: { type: FLOAT } } };
const call = (f: string, op = 'PartitionedCall'): Node => ({
  name: 'y',
  op,
  inputs: ['x'],
  attrs: { f: { function: f } },
});

describe('a graph for TensorFlow', () => {
  it('is handed over with what is asked and no more', async () => {
    const saver: Node = { name: 'save', op: 'SaveV2', inputs: ['name', 'x'] };
    const unused: Func = { name: '__unused', nodes: [{ name: 'read', op: 'ReadVariableOp' }] };
    const need = await needOf([placeholder('x'), odd, { name: 'name', op: 'Const' }, saver], [unused], {
      outputs: ['y'],
    });
    expect(need).toMatchObject({
      framework: 'tensorflow',
      form: 'graph',
      settings: {
        inputs: [{ name: 'x', node: 'x', dtype: 'float32', shape: ['batch', 2] }],
        outputs: [{ name: 'y', ref: 'y:0' }],
      },
    });
    const content = await contentOf(need);
    expect(content).toContain('Lgamma');
    for (const absent of ['SaveV2', '__unused', 'Placeholder']) expect(content).not.toContain(absent);
  });

  it('ends where values are given', async () => {
    const nodes: Node[] = [
      placeholder('x'),
      { name: 'image', op: 'DecodeJpeg', inputs: ['x'], attrs: { T: { type: FLOAT } } },
    ];
    const rest: Node = { ...odd, inputs: ['image'] };
    expect(await needOf([...nodes, rest])).toBeUndefined();
    expect(await needOf([...nodes, rest], [], { inputs: ['image'] })).toBeDefined();
  });

  it.each(['DecodeJpeg', 'ResourceScatterAdd', 'Print', 'SymbolicGradient', 'XlaLaunch', 'NoSuchOperator'])(
    'stays where it uses %s',
    async (op) => {
      expect(await needOf([placeholder('x'), { name: 'y', op, inputs: ['x'] }])).toBeUndefined();
    },
  );

  it('is judged with all of its functions, what they do not return too', async () => {
    const inner = (op: string): Func => ({
      name: '__inference_f_1',
      inputs: ['a'],
      outputs: { r: 'keep:y:0' },
      nodes: [
        { name: 'keep', op: 'Lgamma', inputs: ['a'] },
        { name: 'more', op, inputs: ['a'] },
      ],
    });
    expect(await needOf([placeholder('x'), call('__inference_f_1')], [inner('Digamma')])).toBeDefined();
    expect(await needOf([placeholder('x'), call('__inference_f_1')], [inner('DecodeJpeg')])).toBeUndefined();
  });

  it('may call functions by their own names, not by those of operators', async () => {
    const named = (name: string): Func => ({
      name,
      inputs: ['a'],
      outputs: { r: 'k:y:0' },
      nodes: [{ name: 'k', op: 'Lgamma', inputs: ['a'] }],
    });
    expect(await needOf([placeholder('x'), call('', '__forward_1')], [named('__forward_1')])).toBeDefined();
    expect(await needOf([placeholder('x'), call('', 'DecodeJpeg')], [named('DecodeJpeg')])).toBeUndefined();
  });

  it('passes nothing that is dangerous or changes variables', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MUTATING_OPERATORS, 'ReadFile', 'WriteFile', 'PyFunc', 'EagerPyFunc', 'RestoreV2'),
        (op) => {
          expect(isDangerous(op) || MUTATING_OPERATORS.has(op)).toBe(true);
          expect(isPassable(op, new Set([op]))).toBe(false);
        },
      ),
    );
  });
});
