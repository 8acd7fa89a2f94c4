import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectFile, loadModel, MLServiceError, scanFile } from '../../../src/index.ts';
import {
  FLOAT,
  floats,
  type Func,
  graphDef,
  type Node,
  placeholder,
  savedModel,
} from '../../tensorflow/graph-writer.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/tensorflow/', import.meta.url));

const pb = (nodes: readonly Node[], functions: readonly Func[] = []): { name: string; bytes: Uint8Array } => ({
  name: 'm.pb',
  bytes: graphDef(nodes, functions).finish(),
});

async function failure(promise: Promise<unknown>): Promise<MLServiceError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!MLServiceError.isInstance(error)) throw new Error(`no typed error but ${String(error)}`);
  return error;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tensorflow-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const scanned = async (bytes: Uint8Array): Promise<{ verdict: string; codes: string[]; text: string }> => {
  const path = join(folder, 'saved_model.pb');
  writeFileSync(path, bytes);
  const { verdict, findings } = await scanFile(path);
  return { verdict, codes: findings.map(({ code }) => code), text: findings.map(({ message }) => message).join('\n') };
};

describe('the graph that is asked', () => {
  const two: Node[] = [
    placeholder('x'),
    { name: 'w', op: 'Const', attrs: { value: { tensor: floats([1, 2]) } } },
    { name: 'sum', op: 'AddV2', inputs: ['x', 'w'], attrs: { T: { type: FLOAT } } },
    { name: 'probabilities', op: 'Softmax', inputs: ['sum'] },
    { name: 'hidden', op: 'Relu', inputs: ['sum'] },
  ];

  it('has placeholders as inputs and unread results as outputs', async () => {
    const model = await loadModel(pb(two));
    expect(model.info.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['batch', 2] }]);
    expect(model.info.outputs.map(({ name }) => name)).toEqual(['probabilities', 'hidden']);
    await model.dispose();
  });

  it('takes other ends from the options and from the metadata', async () => {
    const model = await loadModel(pb(two), {
      loaderOptions: { tensorflow: { inputs: ['sum'], outputs: ['hidden:0'] } },
    });
    expect(model.info.inputs.map(({ name }) => name)).toEqual(['sum']);
    await model.dispose();
    const other = await loadModel(pb(two), { metadata: { extra: { output_nodes: ['sum'] } } });
    expect(await other.predict([[1, 1]])).toEqual([[2, 3]]);
    await other.dispose();
  });

  it('answers labels where the metadata names the classes of a softmax', async () => {
    const model = await loadModel(pb(two), {
      loaderOptions: { tensorflow: { outputs: ['probabilities'] } },
      metadata: { classes: ['no', 'yes'] },
    });
    expect(
      await model.predict([
        [5, 0],
        [0, 5],
      ]),
    ).toEqual(['no', 'yes']);
    expect(model.info.task).toBe('binary-classification');
    expect((await model.predictProba([[5, 0]])).shape).toEqual([1, 2]);
    await model.dispose();
  });

  it('is chosen by signature', async () => {
    const bytes = savedModel(graphDef(two), {
      first: { inputs: { in: 'x:0' }, outputs: { out: 'hidden:0' } },
      second: { inputs: { in: 'x:0' }, outputs: { out: 'sum:0' } },
    }).finish();
    const source = { name: 'saved_model.pb', bytes };
    const error = await failure(loadModel(source));
    expect(error.code).toBe('ML_FORMAT_UNSUPPORTED');
    expect(error.message).toContain('"first", "second"');
    // Without variables/ beside it there is nothing to read, and this graph needs nothing.
    await expect(loadModel(source, { loaderOptions: { tensorflow: { signature: 'second' } } })).rejects.toMatchObject({
      code: 'ML_ARTEFACT_MISSING',
    });
  });

  it('refuses wrong options by name', async () => {
    const error = await failure(loadModel(pb(two), { loaderOptions: { tensorflow: { signature: 3 } } }));
    expect(error.code).toBe('ML_OPTIONS_INVALID');
    expect(error.message).toContain('tensorflow.signature');
    expect(
      (await failure(loadModel(pb(two), { loaderOptions: { tensorflow: { outputs: ['nowhere'] } } }))).message,
    ).toContain('"nowhere"');
  });
});

describe('what is in the way', () => {
  it('is listed whole, with what to do', async () => {
    const nodes = [
      placeholder('x'),
      { name: 'a', op: 'MadeUp', inputs: ['x'] },
      { name: 'b', op: 'AddV2', inputs: ['a', 'x'] },
      { name: 'c', op: 'AlsoMadeUp', inputs: ['b'] },
    ];
    const error = await failure(loadModel(pb(nodes)));
    expect(error.code).toBe('ML_FORMAT_UNSUPPORTED');
    expect(error.details.operators).toEqual(['MadeUp', 'AlsoMadeUp']);
    expect(error.message).toMatch(/tf2onnx.*tfjs-node/);
  });

  it('is a variable that each call changes, reached by a control edge', async () => {
    const nodes = [
      placeholder('x'),
      { name: 'count', op: 'AssignAddVariableOp', inputs: ['x', 'x'] },
      { name: 'y', op: 'Relu', inputs: ['x', '^count'] },
    ];
    expect((await failure(loadModel(pb(nodes)))).message).toContain('changes a variable');
  });

  it('is a graph that needs itself, a missing node, a function that calls itself', async () => {
    const circle = [
      placeholder('x'),
      { name: 'a', op: 'AddV2', inputs: ['x', 'b'] },
      { name: 'b', op: 'Relu', inputs: ['a'] },
      { name: 'c', op: 'Relu', inputs: ['b'] },
    ];
    expect((await failure(loadModel(pb(circle)))).code).toBe('ML_FORMAT_MALFORMED');
    const missing = [placeholder('x'), { name: 'a', op: 'AddV2', inputs: ['x', 'nothing'] }];
    expect((await failure(loadModel(pb(missing)))).code).toBe('ML_FORMAT_MALFORMED');
    const call = (name: string, inputs: string[]): Node => ({
      name,
      op: 'PartitionedCall',
      inputs,
      attrs: { f: { function: 'f' } },
    });
    const recursive = [{ name: 'f', inputs: ['a'], outputs: { r: 'again:output:0' }, nodes: [call('again', ['a'])] }];
    expect((await failure(loadModel(pb([placeholder('x'), call('y', ['x'])], recursive)))).code).toBe(
      'ML_FORMAT_LIMIT',
    );
  });

  it('is arithmetic in half precision', async () => {
    const nodes: Node[] = [
      placeholder('x'),
      { name: 'half', op: 'Cast', inputs: ['x'], attrs: { DstT: { type: 19 } } },
      { name: 'sum', op: 'AddV2', inputs: ['half', 'half'] },
      { name: 'y', op: 'Cast', inputs: ['sum'], attrs: { DstT: { type: FLOAT } } },
    ];
    expect((await failure(loadModel(pb(nodes)))).message).toContain('half precision');
    const moved = await loadModel(
      pb(nodes.map((node) => (node.name === 'sum' ? { ...node, op: 'Identity', inputs: ['half'] } : node))),
    );
    expect(await moved.predict([[1, 2]])).toEqual([[1, 2]]);
    await moved.dispose();
  });

  it('is not the depth of a chain', async () => {
    const chain = Array.from(
      { length: 20_000 },
      (_, i): Node => ({ name: `n${i}`, op: 'Identity', inputs: [i === 0 ? 'x' : `n${i - 1}`] }),
    );
    const model = await loadModel(pb([placeholder('x'), ...chain]));
    expect(await model.predict([[1, 2]])).toEqual([[1, 2]]);
    await model.dispose();
  });

  it('is bounded work: functions that double are stopped', async () => {
    const functions = Array.from({ length: 40 }, (_, i): Func => {
      const inner: Node[] = ['p', 'q'].map((name) => ({
        name,
        op: 'PartitionedCall',
        inputs: ['a'],
        attrs: { f: { function: `f${i + 1}` } },
      }));
      return {
        name: `f${i}`,
        inputs: ['a'],
        outputs: { r: 's:z:0' },
        nodes: [...inner, { name: 's', op: 'AddV2', inputs: ['p:output:0', 'q:output:0'] }],
      };
    });
    functions.push({ name: 'f40', inputs: ['a'], outputs: { r: 'a' } });
    const source = pb(
      [placeholder('x'), { name: 'y', op: 'PartitionedCall', inputs: ['x'], attrs: { f: { function: 'f0' } } }],
      functions,
    );
    expect((await failure(loadModel(source, { limits: { maxElements: 20_000 } }))).code).toBe('ML_FORMAT_LIMIT');
  });
});

describe('what is dangerous', () => {
  const file = { name: 'name', op: 'Const', attrs: { value: { tensor: floats([1]) } } };

  it.each(['ReadFile', 'WriteFile', 'PyFunc', 'EagerPyFunc', 'MatchingFiles', 'RestoreV2'])(
    '%s in a signature',
    async (op) => {
      const graph = graphDef([
        placeholder('x'),
        file,
        { name: 'bad', op, inputs: ['name'] },
        { name: 'y', op: 'Relu', inputs: ['x', '^bad'] },
      ]);
      const bytes = savedModel(graph, { serving_default: { inputs: { x: 'x:0' }, outputs: { y: 'y:0' } } }).finish();
      const report = await scanned(bytes);
      expect(report).toMatchObject({ verdict: 'unsafe', codes: ['ML_FORMAT_UNSAFE'] });
      expect(report.text).toContain(`${op} (node "bad")`);
      expect((await failure(loadModel({ name: 'saved_model.pb', bytes }))).code).toBe('ML_FORMAT_UNSAFE');
    },
  );

  it('in a function that a signature calls, in initialization, in a graph without signatures', async () => {
    const call: Node = { name: 'y', op: 'StatefulPartitionedCall', inputs: ['x'], attrs: { f: { function: 'f' } } };
    const functions: Func[] = [
      { name: 'f', inputs: ['a'], outputs: { r: 'a' }, nodes: [{ name: 'bad', op: 'WriteFile', inputs: ['a', 'a'] }] },
    ];
    const ends = { inputs: { x: 'x:0' }, outputs: { y: 'y:0' } };
    expect(
      (await scanned(savedModel(graphDef([placeholder('x'), call], functions), { serving_default: ends }).finish()))
        .verdict,
    ).toBe('unsafe');
    const init = { inputs: {}, outputs: { __saved_model_init_op: 'bad:0' } };
    const nodes: Node[] = [placeholder('x'), { name: 'y', op: 'Relu', inputs: ['x'] }, { name: 'bad', op: 'PyFunc' }];
    expect(
      (await scanned(savedModel(graphDef(nodes), { serving_default: ends, __saved_model_init_op: init }).finish()))
        .verdict,
    ).toBe('unsafe');
    expect((await scanned(savedModel(graphDef(nodes)).finish())).verdict).toBe('unsafe');
    expect((await scanned(graphDef(nodes).finish())).verdict).toBe('unsafe');
  });

  it('is not a saver that no signature runs, nor a message on the console', async () => {
    const nodes: Node[] = [
      placeholder('x'),
      { name: 'print', op: 'PrintV2', inputs: ['x'], attrs: { output_stream: { text: 'stderr' } } },
      { name: 'y', op: 'Relu', inputs: ['x', '^print'] },
      { name: 'save', op: 'SaveV2', inputs: ['x'] },
    ];
    const ends = { inputs: { x: 'x:0' }, outputs: { y: 'y:0' } };
    expect((await scanned(savedModel(graphDef(nodes), { serving_default: ends }).finish())).verdict).toBe('safe');
    const toFile = nodes.map((node) =>
      node.op === 'PrintV2' ? { ...node, attrs: { output_stream: { text: 'file:///tmp/x' } } } : node,
    );
    expect((await scanned(savedModel(graphDef(toFile), { serving_default: ends }).finish())).verdict).toBe('unsafe');
  });
});

describe('damaged files', () => {
  const copy = (): string => {
    const to = join(folder, 'model');
    cpSync(join(FIXTURES, 'v1_partitioned'), to, { recursive: true });
    return to;
  };
  const DATA = 'variables/variables.data-00000-of-00001';
  const INDEX = 'variables/variables.index';

  it('a missing data file, a missing index', async () => {
    for (const file of [DATA, INDEX]) {
      const path = copy();
      rmSync(join(path, file));
      expect((await failure(loadModel(path))).code).toBe('ML_ARTEFACT_MISSING');
      expect((await scanFile(path)).verdict).toBe('malformed');
      rmSync(path, { recursive: true });
    }
  });

  it('a data file that was cut off, or holds other bytes', async () => {
    const path = copy();
    const whole = readFileSync(join(path, DATA));
    truncateSync(join(path, DATA), whole.length - 8);
    expect((await failure(loadModel(path))).code).toBe('ML_FORMAT_TRUNCATED');
    const other = Uint8Array.from(whole);
    other[100] = (other[100] as number) ^ 1;
    writeFileSync(join(path, DATA), other);
    const error = await failure(loadModel(path));
    expect(error.code).toBe('ML_FORMAT_MALFORMED');
    expect(error.message).toContain('checksum');
  });

  it('an index with a flipped bit, at any place', async () => {
    const path = copy();
    const whole = readFileSync(join(path, INDEX));
    for (let at = 0; at < whole.length; at += 7) {
      const other = Uint8Array.from(whole);
      other[at] = (other[at] as number) ^ 0x10;
      writeFileSync(join(path, INDEX), other);
      const loaded = await loadModel(path).catch((error: unknown) => error);
      // Padding and the block of meta-information are not looked at.
      if (MLServiceError.isInstance(loaded)) expect(loaded.code).toMatch(/^ML_(FORMAT|ARTEFACT)_/);
      else expect(loaded).not.toBeInstanceOf(Error);
    }
  });

  it('a graph that was cut off anywhere, or has flipped bits, gives a typed error or loads', async () => {
    const whole = readFileSync(join(FIXTURES, 'v1_dynamic_rnn_frozen.pb'));
    const outcome = async (bytes: Uint8Array): Promise<void> => {
      const loaded = await loadModel({ name: 'm.pb', bytes }).catch((error: unknown) => error);
      if (loaded instanceof Error) expect(MLServiceError.isInstance(loaded), String(loaded.stack)).toBe(true);
      else await (loaded as { dispose(): Promise<void> }).dispose();
    };
    for (let length = 0; length < whole.length; length += 701) await outcome(whole.subarray(0, length));
    let state = 12345;
    for (let i = 0; i < 60; i++) {
      const other = Uint8Array.from(whole);
      for (let flips = 0; flips < 3; flips++) {
        state = (state * 1103515245 + 12345) % 2 ** 31;
        other[state % other.length] = (state >>> 8) & 0xff;
      }
      await outcome(other);
    }
  });

  it('a .pb of something else, a text SavedModel', async () => {
    expect((await failure(loadModel({ name: 'm.pb', bytes: Buffer.from('hello, this is no model') }))).code).toBe(
      'ML_FORMAT_MALFORMED',
    );
    const path = join(folder, 'text');
    cpSync(join(FIXTURES, 'v1_table_v1'), path, { recursive: true });
    rmSync(join(path, 'saved_model.pb'));
    writeFileSync(join(path, 'saved_model.pbtxt'), 'meta_graphs {}');
    expect((await failure(loadModel(path))).message).toContain('text form');
  });
});

it('inspect shows signatures, tags, operators and variables', async () => {
  const { format, inputs, details } = await inspectFile(join(FIXTURES, 'v1_partitioned'));
  expect(format).toBe('tensorflow');
  expect(inputs).toEqual([{ name: 'x', dtype: 'float32', shape: [null, 10] }]);
  expect(details).toMatchObject({
    kind: 'SavedModel',
    tags: [['serve']],
    variables: { w: { dtype: 'float32', shape: [10, 300] } },
  });
});
